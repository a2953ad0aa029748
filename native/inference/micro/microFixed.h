/*
 * Fixed-point exponential and reciprocal on 32-bit integers, as used by int8 SOFTMAX, LOGISTIC and TANH of TensorFlow Lite
 * Micro (gemmlowp's algorithms). Qm means m integer bits, 31 - m fraction bits and a sign.
 */
#ifndef LOAM_MICRO_FIXED_H
#define LOAM_MICRO_FIXED_H

#include "microQuantize.h"

/* Out-of-line copies of microQuantize.h's functions, for cold code. */
int32_t microFixedMultiply(int32_t a, int32_t b);
int32_t microFixedShift(int32_t x, int32_t shift);

/* Of x > 0. */
int32_t microLeadingZeros(uint32_t x);

/* e^x in Q0 for x <= 0 in Q`integerBits`, integerBits 4 or 5. */
int32_t microExp(int32_t x, int32_t integerBits);

/* 2 / (1 + x) - that is 1 / mean(1, x) - in Q2 for x in [0, 1) in Q0: three Newton steps. */
int32_t microHalfReciprocal(int32_t x);

/* x * 2^bits, saturating. */
int32_t microSaturatingShift(int32_t x, int32_t bits);

/*
 * Largest magnitude of an int8 input difference that a Q`integerBits` number can hold once it was multiplied by
 * 2^leftShift.
 */
int32_t microInputRadius(int32_t integerBits, int32_t leftShift);

#endif
