/* Tensors in the plan that are parts of others: outputs of operators that would only copy. */
#ifndef LOAM_MICRO_PARTS_H
#define LOAM_MICRO_PARTS_H

#include "microPlan.h"

/*
 * A tensor whose bytes are those of another one from byte `at` on: its record has no size and is never live, so that the search passes it
 * over; lifetime and place are the whole's, input[0], which may be a part itself.
 */
static inline void microMakePart(MicroBuffer *buffer, uint32_t whole, uint32_t at) {
	buffer->size = 0;
	buffer->first = 1;
	buffer->last = 0;
	buffer->input[0] = (uint16_t)whole;
	buffer->overlap[0].forward = (int32_t)at;
}

static inline bool microIsPart(const MicroBuffer *buffer) {
	return microParts && (buffer->size == 0);
}

/* What a buffer is a part of; adds to *at where. A buffer that is no part is its own whole. */
static inline uint32_t microWholeOf(const MicroLayout *layout, uint32_t buffer, uint32_t *at) {
	for (; microIsPart(&layout->buffers[buffer]); buffer = layout->buffers[buffer].input[0])
		*at += (uint32_t)layout->buffers[buffer].overlap[0].forward;
	return buffer;
}

#endif
