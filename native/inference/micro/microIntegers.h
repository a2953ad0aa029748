/* ADD, SUB, MUL, DIV and SQUARED_DIFFERENCE of int32 without a scale, of which shapes are. */
#ifndef LOAM_MICRO_INTEGERS_H
#define LOAM_MICRO_INTEGERS_H

#include "micro.h"

/* @param activation the operator's fused one, which must be none */
InferenceStatus microCheckIntegers(MicroNode *node, int32_t activation);
/* Overflow wraps. What is divided by zero gives the limit on its side of zero. */
void microRunIntegers(MicroNode *node);

#endif
