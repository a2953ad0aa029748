/* Where buffers lie: the search alone, on records that microPlan fills from the model. */
#ifndef LOAM_MICRO_PLAN_H
#define LOAM_MICRO_PLAN_H

#include "../inferenceOptions.h"
#include "micro.h"

/* A tensor or an operator's scratch, alive from operator `first` to operator `last`, both included; -1 is before the first. */
typedef struct {
	uint32_t size, offset;
	int16_t first, last;
	int32_t tensor;            /* -1 for scratch */
} MicroBuffer;

/* What an operator lets its output do with its first two inputs. */
typedef struct {
	MicroOverlap overlap[2];
	int32_t input[2];          /* tensors, -1 when they are constant or absent */
	uint32_t scratch;
} MicroLiberty;

typedef struct {
	MicroBuffer *buffers;
	uint16_t *order, *best;    /* as many as buffers each, for the search */
	uint32_t count;
	const MicroLiberty *liberties;
	int32_t operatorCount;
} MicroLayout;

/* Offsets are multiples of this. The ESP32-S3's vector loads drop the low bits of an address. */
#if defined(INFERENCE_ESP_NN)
	#define microAlignment 16
#else
	#define microAlignment 4
#endif

/* Gives every buffer its offset and returns the bytes they span. */
uint32_t microPlace(MicroLayout *layout);

/* Whether two buffers may lie where they do. */
bool microMayLie(const MicroLayout *layout, const MicroBuffer *a, const MicroBuffer *b);

#endif
