/*
 * Weights of int4, of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED of int8: they are unpacked at the front of a layer's scratch, which then runs as
 * one with weights of int8, whose `bytes` are 0 because they are not in the model.
 */
#ifndef LOAM_MICRO_INT4_H
#define LOAM_MICRO_INT4_H

#include "micro.h"

/* Checks the weights, and the layer by its kernel's `check`; room for the weights is added to its scratch. */
InferenceStatus microCheckInt4(
	MicroNode *node, MicroNeed *need, InferenceStatus (*check)(MicroNode *node, MicroNeed *need));

/* Unpacks the weights, and runs the layer by its kernel's `run`. */
void microRunInt4(MicroNode *node, void (*run)(MicroNode *node));

#endif
