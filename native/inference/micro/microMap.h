/*
 * Operators that take one int8 to one int8: each gives the value for an input, microMap makes a table of 256 of them in
 * scratch and looks every element up. The output may lie over the input.
 */
#ifndef LOAM_MICRO_MAP_H
#define LOAM_MICRO_MAP_H

#include "microQuantize.h"

/* int8 in and out with one scale each and equal sizes; asks for the table. */
InferenceStatus microCheckMap(MicroNode *node, MicroNeed *need);

/* `value` gets the input -128..127 and gives the output, already clamped. */
void microMap(MicroNode *node, int32_t (*value)(const void *context, int32_t input), const void *context);

#endif
