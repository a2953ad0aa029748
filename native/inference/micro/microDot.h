/*
 * The inner loops of convolution and of fully connected layers: a block of output channels against a block of pixels, every
 * sum in a register. How large a block may be is what an architecture's registers allow; the C is the same for all.
 *
 * Pixels of a convolution go in pairs, two products to a multiplication. The values a and b of a tap in two pixels make the
 * word a + b * 2^16, so that word * weight is a * weight + b * weight * 2^16. The products of two taps together lie between
 * -32512 and 32768 in each half (an int8 times an int8, twice); with 32767 added to both they are two fields of 16 bits
 * without a sign and without a carry between them, and two sums get them all back exactly:
 *     high += fields >> 16     the sum of the upper ones
 *     all += fields            modulo 2^32; less high * 2^16 it is the sum of the lower ones
 */
#ifndef LOAM_MICRO_DOT_H
#define LOAM_MICRO_DOT_H

#include "microChannels.h"

/*
 * RV32 has 28 registers to give: 3 x 4 sums, a pointer for each row of weights and one for all pixels, an end, the constant
 * and 8 values in flight; two taps are 10 loads and 42 other instructions, 2.2 a multiply-accumulate.
 * Xtensa LX6 shows 16: 2 x 2 sums, 3 pointers and the values.
 */
#if !defined(microOutputs)
	#if defined(__XTENSA__)
		#define microOutputs 2
		#define microPixels 2
		#define microRows 4
	#else
		#define microOutputs 3
		#define microPixels 4
		#define microRows 8
	#endif
#endif

/* Words of a block of pixels, a tap: its pairs. */
#define microPairs (microPixels / 2)

/* Bytes of a block of pixels with `taps` values each. */
#define microBlockBytes(taps) ((taps)*4 * microPairs)

/* A layer of dot products: `outputs` rows of `count` weights, and what makes their sums into outputs. */
typedef struct {
	const int8_t *weights;
	const MicroChannel *channels;
	int32_t outputs, count;
	MicroRange range;
} MicroDots;

/*
 * `count` values of one pixel into a block; an even pixel's before those of the odd one it shares words with.
 * @param to where the first of them goes: the block's word pixel / 2, or what the last call gave back
 * @param step 1, or 0 to repeat the value at `from`
 * @returns where the next tap goes
 */
int32_t *packPixelPairs(int32_t *to, const int8_t *from, int32_t step, int32_t count, bool odd);

/*
 * All outputs of up to microPixels pixels.
 * @param pixels the block; what lies in the place of pixels past pixelCount does not matter
 * @param output that of the first pixel; those of the others follow it
 */
void microDotPixels(const MicroDots *dots, const int32_t *pixels, int32_t pixelCount, int8_t *output);

/*
 * sum[o] = row o . (pixel - zeroPoint), for the first microRows rows of `count` weights, of which rowCount exist.
 */
void microDotRow(
	const int8_t *weights, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum);

#endif
