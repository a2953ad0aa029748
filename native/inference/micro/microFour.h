/* Four rows of weights times one row of inputs, whose zero point is subtracted once for all of them. */
#ifndef LOAM_MICRO_FOUR_H
#define LOAM_MICRO_FOUR_H

#include "micro.h"

/* Adds to sums[r] the sum of (x[i] - zero) * rows[r][at + i] over i < count; sums wrap. */
void microFour(const int8_t *x, int32_t count, int32_t zero, const int8_t *const *rows, int32_t at, uint32_t *sums);

#endif
