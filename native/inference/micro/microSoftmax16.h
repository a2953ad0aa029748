/* SOFTMAX of int16, see microSoftmax.c. */
#ifndef LOAM_MICRO_SOFTMAX16_H
#define LOAM_MICRO_SOFTMAX16_H

#include "micro.h"

/* Checks types, shapes, scales and `beta`, the bits of a float32. */
InferenceStatus microCheckSoftmax16(MicroNode *node, uint32_t beta, MicroNeed *need);
void microSoftmax16(MicroNode *node, uint32_t beta);

#endif
