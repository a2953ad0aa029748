/* The logistic function and tanh on int16, as TensorFlow Lite Micro has them: linear between 256 points of a table. */
#ifndef LOAM_MICRO_SIXTEEN_H
#define LOAM_MICRO_SIXTEEN_H

#include "micro.h"

/* Of x / (24 * 2^9), any x; in units of 2^-15. */
int32_t microLogistic24(int32_t x);
int32_t microTanh24(int32_t x);

/* Of x / 2^12; in units of 2^-15. */
int32_t microLogistic16(int32_t x);

/* Of x * 2^power, power from -24 to 0; in units of 2^-15. */
int32_t microTanh16(int32_t x, int32_t power);

#endif
