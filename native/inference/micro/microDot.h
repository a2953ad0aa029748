/*
 * The inner loops of convolution and of fully connected layers: a block of output channels by a block of pixels, every
 * accumulator in a register. The architecture's registers limit the block size; the C is the same for all.
 *
 * Pixels of a convolution are processed in pairs, two products per multiplication. The values a and b of a tap in two pixels form the
 * word a + b * 2^16, so that word * weight is a * weight + b * weight * 2^16. The products of two taps together lie between
 * -32512 and 32768 in each half (an int8 times an int8, twice); with 32767 added to both they are two unsigned fields of 16 bits
 * without a carry between them, and two accumulators recover them exactly:
 *     high += fields >> 16     the sum of the upper fields
 *     all += fields            modulo 2^32; minus high * 2^16 it is the sum of the lower fields
 */
#ifndef LOAM_MICRO_DOT_H
#define LOAM_MICRO_DOT_H

#include "microChannels.h"

/*
 * RV32 has 28 usable registers: 3 x 4 accumulators, a pointer for each row of weights and one for all pixels, the constant
 * and 10 values in flight; three taps are 15 loads and 54 other instructions, 1.9 per multiply-accumulate, two are 10 and 42, 2.2.
 * Xtensa LX6 has 16: 2 x 2 accumulators, 3 pointers and the values.
 */
#if !defined(microOutputs)
	#if defined(__XTENSA__)
		#define microOutputs 2
		#define microPixels 2
	#else
		#define microOutputs 3
		#define microPixels 4
	#endif
#endif

/* Whose sums microDotRows keeps on the stack at a time. */
#define microRows 32

/* Words per tap of a block of pixels: its pairs. */
#define microPairs (microPixels / 2)

/* Words before the first tap of a block: an odd number of taps begins with one whose values are 0. */
#define microBlockBegin(taps) (((taps)&1) * microPairs)

/* Bytes of a block of pixels with `taps` values each. */
#define microBlockBytes(taps) (((taps) + 1) / 2 * 8 * microPairs)

/*
 * A layer of dot products: `outputs` rows of `count` weights, `stride` bytes apart, and the requantization of their sums.
 * Long rows may be computed in parts, for less scratch: `totals` (outputs * microPixels words) then collects the
 * sums, and outputs are written when no more follow.
 *
 * `heavy`, for each microGroupRows rows that are computed at once: how many groups of microGroupTaps are not light, then the first tap of each, upwards,
 * without the taps before the first group, as groups end where the rows do; nothing for rows of fewer taps. NULL when it is not known.
 */
typedef struct {
	const int8_t *weights;
	const MicroChannel *channels;
	int32_t outputs, count, stride;
	uint32_t *totals; /* or NULL */
	const uint32_t *heavy;
	bool first, more;
	MicroRange range;
} MicroDots;

/*
 * Where the weights of three taps together are at most 255 in size, their products with any inputs fit a field, too: one split for three products. Weights
 * are known before running: groups of twice three taps for which this is not so in some of microLightRows rows are listed, and taken by twos. A layer of at
 * most two pixels has one pair, which leaves registers for microPairRows rows and four taps a split: there groups are of four taps.
 */
#define microLightRows 3
#define microPairRows 6
#define microGroupRows(isPair) ((isPair) ? microPairRows : microLightRows)
#define microGroupTaps(isPair) ((isPair) ? 4 : 6)

/* `count` values of each of microPixels pixels into a block, from `to` on. */
void packPixels(int32_t *to, const int8_t *const *from, int32_t count);

/*
 * All outputs of up to microPixels pixels.
 * @param pixels the block; the content past pixelCount is ignored
 * @param output that of the first pixel; those of the others follow it
 * @returns what follows in `heavy`
 */
const uint32_t *microDotPixels(const MicroDots *dots, const int32_t *pixels, int32_t pixelCount, int8_t *output);

/*
 * Outputs of one pixel: those of `rowCount` rows of `count` weights.
 * @param zeroPoint taken from each input; 0 where the channels have it folded in, which takes fewer instructions
 */
void microDotRows(const int8_t *weights, int32_t rowCount, const int8_t *input, int32_t count, int32_t zeroPoint,
	const MicroChannel *channels, const MicroRange *range, int8_t *output);

#endif
