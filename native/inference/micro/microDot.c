#include "microDot.h"
#include "microRegisters.h"

/*
 * The loops below are written with names instead of arrays, and spelled out by these, because a sum that is an array
 * element stays in memory unless the optimizer is in the mood.
 */
/* Statements here are made by macros that clang-format takes for expressions. */
/* clang-format off */

#define each1(what, ...) what(0, __VA_ARGS__)
#define each2(what, ...) each1(what, __VA_ARGS__) what(1, __VA_ARGS__)
#define each3(what, ...) each2(what, __VA_ARGS__) what(2, __VA_ARGS__)
#define each4(what, ...) each3(what, __VA_ARGS__) what(3, __VA_ARGS__)
#define each8(what, ...) each4(what, __VA_ARGS__) what(4, __VA_ARGS__) what(5, __VA_ARGS__) what(6, __VA_ARGS__) what(7, __VA_ARGS__)
#define down2(what, ...) what(1, __VA_ARGS__) what(0, __VA_ARGS__)
#define down4(what, ...) what(3, __VA_ARGS__) what(2, __VA_ARGS__) down2(what, __VA_ARGS__)
#define join2(a, b) a##b
#define join(a, b) join2(a, b)
/* The same lists under another name: a macro does not expand inside itself. */
#define pairs2(what, ...) what(0, __VA_ARGS__)
#define pairs4(what, ...) pairs2(what, __VA_ARGS__) what(1, __VA_ARGS__)
#define blockRows join(each, microOutputs)
#define blockPixels join(each, microPixels)
#define blockPairs join(pairs, microPixels)
#define longRows join(each, microRows)

/* Rows past the last repeat it, so that no loop has an exception. */
#define declareRow(o, last) const int8_t *weight##o = weights + (o < (last) ? o : (last)) * count;
#define advanceRow(o, by) weight##o += by;

/* Takes `turn` for every eight taps and `one` for each that is left. */
#define dot(turn, one) do { \
		const int8_t *whole = weight0 + (count & ~7), *end = weight0 + count; \
		while (weight0 != whole) { \
			turn \
		} \
		while (weight0 != end) { \
			one \
		} \
	} while (0)

#define bothFields 0x7FFF7FFFu
#define oneField 0x7FFFu

/* Sums that begin with the channel's bias, less all that will be added to make fields. */
#define startRow(o, last, pairs) \
		const uint32_t start##o = (uint32_t)channels[o < (last) ? o : (last)].bias - added; \
		pairs(startPair, o, start##o)
#define startPair(q, o, start) uint32_t high##o##q = (start), all##o##q = (start) * 0x10001u;

#define loadPair(q, at) uint32_t x##q = (uint32_t)pixel[(at) * microPairs + q];
#define loadPairs(q, at) uint32_t x##q = (uint32_t)pixel[(at) * microPairs + q], y##q = (uint32_t)pixel[((at) + 1) * microPairs + q];
#define addFields(q, o, fields) { \
		const uint32_t sum = (fields) + both; \
		high##o##q += sum >> 16; \
		all##o##q += sum; \
		keep(high##o##q) \
		keep(all##o##q) \
	}
#define addOne(q, o) addFields(q, o, (uint32_t)w * x##q)
#define addTwo(q, o) addFields(q, o, (uint32_t)w * x##q + (uint32_t)v * y##q)
#define multiplyOne(o, at, pairs) { int32_t w = weight##o[at]; pairs(addOne, o) fence() }
#define multiplyTwo(o, at, pairs) { int32_t w = weight##o[at], v = weight##o[(at) + 1]; pairs(addTwo, o) fence() }
#define oneTap(at, pairs) { pairs(loadPair, at) blockRows(multiplyOne, at, pairs) }
#define twoTaps(at, pairs) { pairs(loadPairs, at) blockRows(multiplyTwo, at, pairs) }

#define storePair(q, o) \
		sums[o * microPixels + 2 * q] = all##o##q - (high##o##q << 16); \
		sums[o * microPixels + 2 * q + 1] = high##o##q;
#define storeRow(o, pairs) pairs(storePair, o)

/* The sums of a block of rows and some of the pairs. */
#define sumUp(pairs) { \
		blockRows(startRow, last, pairs) \
		dot( \
			twoTaps(0, pairs) twoTaps(2, pairs) twoTaps(4, pairs) twoTaps(6, pairs) blockRows(advanceRow, 8) pixel += 8 * microPairs; , \
			oneTap(0, pairs) blockRows(advanceRow, 1) pixel += microPairs; \
		); \
		blockRows(storeRow, pairs) \
	}

static microCold void slowOutputs(const uint32_t *sums, const MicroChannel *channel, const MicroRange *range, int8_t *to, int32_t pixelCount, int32_t pixelStep) {
	int32_t p;
	for (p = 0; p < pixelCount; p++)
		to[p * pixelStep] = microSlowOutput((int32_t)sums[p], channel->scale, range);
}

#define declarePlace(p, unused) const int32_t place##p = (p < pixelCount ? p : pixelCount - 1) * outputs;
#define loadSum(p, unused) int32_t sum##p = (int32_t)sums[p];
#define fastOutput(p, unused) to[place##p] = (int8_t)microClamp(microFastMultiply(sum##p, scale, offset), low, high);

/* `rows` outputs of each pixel from the sums. Pixels that are not real lie over the last that is, and are stored before it. */
static void finish(const MicroDots *dots, const uint32_t *sums, const MicroChannel *channel, int32_t rows, int32_t pixelCount, int8_t *to) {
	const int32_t offset = dots->range.offset, low = dots->range.low, high = dots->range.high, outputs = dots->outputs;
	blockPixels(declarePlace, 0)
	/* Hides how few they are: GCC would write the loop out. */
	keep(rows)
	for (; rows > 0; rows--, channel++, to++, sums += microPixels) {
		const MicroFastScale scale = channel->scale;
		if (scale.shift < 0)
			slowOutputs(sums, channel, &dots->range, to, pixelCount, outputs);
		else {
			blockPixels(loadSum, 0)
			join(down, microPixels)(fastOutput, 0)
		}
	}
}

tightRegisters void microDotPixels(const MicroDots *dots, const int32_t *pixels, int32_t pixelCount, int8_t *output) {
	const int32_t count = dots->count;
	const uint32_t added = (uint32_t)(count / 8 * 4 + count % 8) * oneField;
	const int8_t *weights = dots->weights;
	const MicroChannel *channels = dots->channels;
	int32_t left;

	for (left = dots->outputs; left > 0; left -= microOutputs) {
		uint32_t sums[microOutputs * microPixels], both = bothFields;
		const int32_t last = left < microOutputs ? left - 1 : microOutputs - 1;
		const int32_t *pixel = pixels;
		blockRows(declareRow, last)
		/* Hides that it is a constant, which GCC would make anew in every step. */
		keep(both)
		/* The last pixels of a layer may be one or two. */
		if (pixelCount > 2)
			sumUp(blockPairs)
		else
			sumUp(pairs2)
		finish(dots, sums, channels, last + 1, pixelCount, output);
		weights += microOutputs * count;
		channels += microOutputs;
		output += microOutputs;
	}
}

#define declareSum(o, unused) uint32_t total##o = 0;
#define addProduct(o, at) total##o += (uint32_t)(weight##o[at] * x); keep(total##o) fence()
#define rowTap(at) { const int32_t x = pixel[at] - zeroPoint; longRows(addProduct, at) }
#define storeSum(o, unused) sum[o] = total##o;

void microDotRow(const int8_t *weights, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum) {
	const int32_t last = rowCount < microRows ? rowCount - 1 : microRows - 1;
	longRows(declareRow, last)
	longRows(declareSum, 0)
	dot(
		rowTap(0) rowTap(1) rowTap(2) rowTap(3) rowTap(4) rowTap(5) rowTap(6) rowTap(7) longRows(advanceRow, 8) pixel += 8; ,
		rowTap(0) longRows(advanceRow, 1) pixel++;
	);
	longRows(storeSum, 0)
}
