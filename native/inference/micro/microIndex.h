/*
 * Operators that copy elements to other positions: a loop over the output in which each dimension moves the input
 * position by a constant step.
 */
#ifndef LOAM_MICRO_INDEX_H
#define LOAM_MICRO_INDEX_H

#include "micro.h"

typedef struct {
	uint32_t rank;
	int32_t size[inferenceMaxRank];    /* of the walked box */
	int32_t step[inferenceMaxRank];    /* elements from one index to the next, on the input's side */
	int32_t outStep[inferenceMaxRank]; /* and on the output's */
} MicroWalk;

/* steps[d]: elements between neighbours along dimension d of a dense tensor. */
void microDenseSteps(const MicroTensor *tensor, int32_t *steps);

/* Copies the box, element by element (1, 2 or 4 bytes each), or in runs where the last dimension is dense on both sides. */
void microWalk(const MicroWalk *walk, const uint8_t *input, uint8_t *output, uint32_t elementBytes);

#endif
