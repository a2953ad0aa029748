/*
 * The inner loops of convolution and of fully connected layers: a block of output channels against a block of pixels, every
 * sum in a register. How large a block may be is what an architecture's registers allow; the C is the same for all.
 */
#ifndef LOAM_MICRO_DOT_H
#define LOAM_MICRO_DOT_H

#include "microChannels.h"

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

/* A layer of dot products: `outputs` rows of `count` weights, and what makes their sums into outputs. */
typedef struct {
	const int8_t *weights;
	const MicroChannel *channels;
	int32_t outputs, count;
	MicroRange range;
} MicroDots;

/*
 * All outputs of up to microPixels pixels.
 * @param pixels the first, 128 added to each of its values; they are pixelStep apart, and pixelCount of them are real
 * @param output that of the first pixel; those of the others follow it
 */
void microDotPixels(const MicroDots *dots, const uint8_t *pixels, int32_t pixelStep, int32_t pixelCount, int8_t *output);

/*
 * sum[o] = row o . (pixel - zeroPoint), for microRows rows of `count` weights, of which rowCount are real.
 */
void microDotRow(const int8_t *weights, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum);

#endif
