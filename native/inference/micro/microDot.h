/*
 * The inner loops of convolution and of fully connected layers: a block of output channels against a block of pixels, every
 * sum in a register. How large a block may be is what an architecture's registers allow; the C is the same for all.
 */
#ifndef LOAM_MICRO_DOT_H
#define LOAM_MICRO_DOT_H

#include "micro.h"

/*
 * RV32 has 28 registers to give: 4 x 3 sums, 7 pointers, an end, and a few values in flight; a step is 7 loads, 12
 * multiplies and 12 additions, 2.6 instructions a multiply-accumulate where 4 x 2 takes 2.75.
 * Xtensa LX6 shows 16: 2 x 2 sums, 4 pointers and the values.
 */
#if !defined(microOutputs)
	#if defined(__XTENSA__)
		#define microOutputs 2
		#define microPixels 2
		#define microRows 4
	#else
		#define microOutputs 4
		#define microPixels 3
		#define microRows 8
	#endif
#endif

/*
 * sum[o * microPixels + p] = weights[o] . pixels[p], `count` long. Sums wrap.
 * @param weights first row; row o is at weights + o * rowStep, and rows past `rowCount` repeat the last
 */
void microDotBlock(const int8_t *weights, int32_t rowStep, int32_t rowCount, const int8_t *pixels, int32_t pixelStep, int32_t count, uint32_t *sum);

/* sum[o] = weights[o] . (pixel - zeroPoint), for microRows rows. */
void microDotRow(const int8_t *weights, int32_t rowStep, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum);

#endif
