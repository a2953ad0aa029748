/* Operators of two tensors, both of int8 or both of int16, and an output of either or of bool, one of which may be spread over the other: an axis of length 1, or one that is left out, is repeated. */
#ifndef LOAM_MICRO_BROADCAST_H
#define LOAM_MICRO_BROADCAST_H

#include "microQuantize.h"

/* `count` outputs from a and b, whose neighbours are stepA and stepB bytes apart. */
typedef void (*MicroLine)(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *output, int32_t count);

/* int8 in, or int16, and shapes that fit; an input of the output's shape may lie under it. */
InferenceStatus microCheckBroadcast(MicroNode *node, MicroNeed *need);

/* Where the element of a tensor is that goes with element `index` of the output over which it is spread. */
uint32_t microBroadcastAt(const MicroTensor *tensor, const MicroTensor *output, uint32_t index);
/* Whether the tensor can be spread over the output. */
bool microSpreads(const MicroTensor *tensor, const MicroTensor *output);

/* Puts x, scaled, as such a number. Returns the next one's place. */
int8_t *microPutScaled(int8_t *to, bool isWide, int32_t x, MicroScale scale, const MicroRange *range);

/* Calls `line` for each run of outputs whose inputs move by constant steps. */
void microBroadcast(MicroNode *node, MicroLine line, const void *context);

#endif
