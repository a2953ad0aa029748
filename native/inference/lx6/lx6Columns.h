/* The inner loops of depthwise convolution with kernels of 3 by 3: twelve instructions load the window of an output, and multiply it. */
#ifndef LOAM_LX6_COLUMNS_H
#define LOAM_LX6_COLUMNS_H

#include "lx6Requantize.h"

/* Values of three rows one below the other, less their zero point. Row r of the image, counted from the first one that is seen, is in value[r % 3]. */
typedef struct {
	uint16_t value[4]; /* the last is not used */
} Lx6Column;

/*
 * A row comes into place `slot` of the columns from `columns` to `end`: values of an image, `step` bytes apart, see lx6WidenApart, or their zero
 * point. Returns `end`.
 */
Lx6Column *lx6PushRow(
	Lx6Column *columns, Lx6Column *end, int32_t slot, const int8_t *from, int32_t step, uint32_t zero);
Lx6Column *lx6PushZeros(Lx6Column *columns, Lx6Column *end, int32_t slot);

/* One channel: its weights times 256, in pairs as they meet the columns, for windows whose first row is in each of the three places. */
typedef struct {
	Lx6Channel channel;
	struct Lx6Turn {
		uint32_t upper[3], last[2];
	} turn[3];
} Lx6Taps;

/* @param weights row by row */
void lx6PackTaps(Lx6Taps *taps, const int8_t *weights);

/* A line of outputs, `step` bytes apart, of windows that begin each `stride` columns, 1 or 2, and in place `slot`. */
void lx6Line(const Lx6Column *columns, const Lx6Taps *taps, const MicroRange *range, int32_t slot, int32_t stride,
	int32_t count, int8_t *output, int32_t step);

#endif
