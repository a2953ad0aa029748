/*
 * Operators that take one int8 to one int8: each computes the value for an input, microMap builds a table of 256 of them in
 * scratch and looks up every element where there are more than that. Of int16 each element is computed. The output may overlap the input.
 */
#ifndef LOAM_MICRO_MAP_H
#define LOAM_MICRO_MAP_H

#include "microQuantize.h"

/* int8 in and out, or int16, with one scale each and equal sizes; requests the table's scratch. */
InferenceStatus microCheckMap(MicroNode *node, MicroNeed *need);

/* `value` takes the input, a number of its type, and returns the clamped output. */
void microMap(MicroNode *node, int32_t (*value)(const void *context, int32_t input), const void *context);

#endif
