/*
 * The inner loop of convolution: one output channel of a block of pixels. A loop without overhead multiplies and loads at once, one instruction
 * a multiply-accumulate. Values of pixels are int8 with 128 added, weights int8 times 256 (both come out of a word of four bytes by a mask); the
 * loop takes four of each, so rows are padded with zeros to whole quads.
 */
#ifndef LOAM_LX6_DOTS_H
#define LOAM_LX6_DOTS_H

#include "lx6Requantize.h"

/* Windows of pixels, two values a word: rows of windows, of `runs` runs of `quads` quads each. Steps in bytes. */
typedef struct {
	const uint32_t *pixels;  /* the first window's */
	const uint32_t *weights; /* one channel's, run by run */
	int32_t quads, runs;     /* not 0 */
	int32_t runStep;         /* from a window's run to the next one */
	int32_t stride, count;   /* from a window to the next; windows in a row, not 0 */
	int32_t rowStep, rows;   /* from a row to the next; not 0 */
	int32_t step, outStep;   /* from a window's output to the next one's; from a row's to the next one's */
	bool isSmall;            /* the sum of sizes of a channel's weights is at most lx6SmallSum */
} Lx6Block;

/* With them, sums fit 32 bits when multiplied by 256, the bias of lx6IsSmall included. */
#define lx6SmallSum (128 * 128)

/* Words that the loop reads past the end of pixels and weights: it does not use the former, the latter is the first one of the next window's weights. */
#define lx6Ahead 1

/* Puts it there: behind the `values` weights of a channel. */
static inline void lx6Wrap(uint16_t *weights, int32_t values) {
	weights[values] = weights[0];
	weights[values + 1] = weights[1];
}

/* One channel's outputs, the first at `output`. */
void lx6Dots(const Lx6Block *block, const Lx6Channel *channel, const MicroRange *range, int8_t *output);

#endif
