/*
 * The inner loops of convolution and of fully connected layers: a block of output channels against a block of pixels, every
 * sum in a register. How large a block may be is what an architecture's registers allow; the C is the same for all.
 */
#ifndef LOAM_MICRO_DOT_H
#define LOAM_MICRO_DOT_H

#include "microChannels.h"

/*
 * RV32 has 28 registers to give: 4 x 4 sums, a pointer for each row of weights and one for all pixels, an end, and 6 values
 * in flight; a step is 8 loads, 16 multiplies and 16 additions: 2.5 instructions a multiply-accumulate.
 * Xtensa LX6 shows 16: 2 x 2 sums, 3 pointers and the values.
 */
#if !defined(microOutputs)
	#if defined(__XTENSA__)
		#define microOutputs 2
		#define microPixels 2
		#define microRows 4
	#else
		#define microOutputs 4
		#define microPixels 4
		#define microRows 8
	#endif
#endif

/*
 * The pixels of a block are woven: four taps of the first pixel, four of the second, and so on to the last, then the next
 * four of the first. One pointer reaches them all, and whole words can still be copied.
 */
#define microWovenGroup (4 * microPixels)

/* Bytes of a woven block with `taps` of each pixel. */
#define microWovenBytes(taps) (((taps) + 3) / 4 * microWovenGroup)

/* A layer of dot products: `outputs` rows of `count` weights, and what makes their sums into outputs. */
typedef struct {
	const int8_t *weights;
	const MicroChannel *channels;
	int32_t outputs, count;
	MicroRange range;
} MicroDots;

/*
 * `count` taps of one pixel, 128 added to each, into a woven block that begins on a multiple of 4 bytes. `step` is 1, or 0 to
 * repeat the byte at `from`.
 * @param to where the first of them goes: the pixel's place, 4 bytes times its index, or what the last call gave back
 * @returns where the next tap goes
 */
uint8_t *microWeave(uint8_t *to, const uint8_t *from, int32_t step, int32_t count);

/*
 * All outputs of up to microPixels pixels.
 * @param pixels the woven block; what lies in the place of pixels past pixelCount does not matter
 * @param output that of the first pixel; those of the others follow it
 */
void microDotPixels(const MicroDots *dots, const uint8_t *pixels, int32_t pixelCount, int8_t *output);

/*
 * sum[o] = row o . (pixel - zeroPoint), for the first microRows rows of `count` weights, of which rowCount exist.
 */
void microDotRow(const int8_t *weights, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum);

#endif
