/*
 * The inner loops of element-wise ADD, SUB and MUL. An output is floor(v), v = a factor times the inputs, or their product, + zero point + 1/2, but for the
 * roundings that TensorFlow Lite Micro does on the way. The error of v is bounded, so floor(v) is known unless v is just above an integer, once
 * the bound was added to it: there the exact way decides, for few outputs in a hundred.
 */
#ifndef LOAM_MICRO_WEIGHTED_H
#define LOAM_MICRO_WEIGHTED_H

#include "microQuantize.h"

/* Bits of fraction of v. */
#define microSumBits 20
#define microProductBits 22

typedef struct {
	int32_t factor[2]; /* of the inputs; of their product, the first */
	int32_t zero[2];   /* of the inputs, for products; those of sums are in `start` */
	int32_t start;
	int32_t sure; /* a v with none of these bits wants the exact way */
	int32_t low, high;
	int8_t (*exact)(const void *context, int32_t x, int32_t y);
	const void *context;
} MicroWeighted;

/* One run of outputs: see MicroLine. */
void microWeightedSums(const MicroWeighted *weighted, const int8_t *x, int32_t stepX, const int8_t *y, int32_t stepY,
	int8_t *output, int32_t count);
void microWeightedProducts(const MicroWeighted *weighted, const int8_t *x, int32_t stepX, const int8_t *y,
	int32_t stepY, int8_t *output, int32_t count);

#endif
