#include "microDot.h"

/*
 * The loops below are written with names instead of arrays, and spelled out by these, because a sum that is an array
 * element stays in memory unless the optimizer is in the mood.
 */
#define each1(what, ...) what(0, __VA_ARGS__)
#define each2(what, ...) each1(what, __VA_ARGS__) what(1, __VA_ARGS__)
#define each4(what, ...) each2(what, __VA_ARGS__) what(2, __VA_ARGS__) what(3, __VA_ARGS__)
#define each8(what, ...) each4(what, __VA_ARGS__) what(4, __VA_ARGS__) what(5, __VA_ARGS__) what(6, __VA_ARGS__) what(7, __VA_ARGS__)
#define join2(a, b) a##b
#define join(a, b) join2(a, b)
/* The same lists under other names: a macro does not expand inside itself. */
#define pixels1(what, ...) what(0, __VA_ARGS__)
#define pixels2(what, ...) pixels1(what, __VA_ARGS__) what(1, __VA_ARGS__)
#define pixels4(what, ...) pixels2(what, __VA_ARGS__) what(2, __VA_ARGS__) what(3, __VA_ARGS__)
#define down2(what, ...) what(1, __VA_ARGS__) what(0, __VA_ARGS__)
#define down4(what, ...) what(3, __VA_ARGS__) what(2, __VA_ARGS__) down2(what, __VA_ARGS__)
#define blockRows join(each, microOutputs)
#define blockPixels join(pixels, microPixels)
#define longRows join(each, microRows)

/* GCC: variables made one too early live too long, and two of the sums would be spilled in every step. */
#if defined(__GNUC__) && !defined(__clang__)
	#define tightRegisters __attribute__((optimize("no-tree-coalesce-vars")))
#else
	#define tightRegisters
#endif

/* Keeps a row's load with its sums. Left to itself, GCC loads several steps ahead, runs out of registers and spills. */
#if defined(__GNUC__)
	#define keep(sum) __asm__ volatile ("" : "+r"(sum));
	#define fence() __asm__ volatile ("" : : : "memory")
#else
	#define keep(sum)
	#define fence()
#endif

/* Rows past the last repeat it, so that no loop has an exception. */
#define declareRow(o, last) const int8_t *weight##o = weights + (o < (last) ? o : (last)) * count;
#define declareSum(p, o, value) uint32_t total##o##p = (value);
#define startRow(o, pixels) pixels(declareSum, o, 0)

#define wovenAt(p, at) ((at) / 4 * microWovenGroup + 4 * p + (at) % 4)
#define loadWoven(p, at) int32_t x##p = pixel[wovenAt(p, at)];
#define loadOne(p, at) int32_t x##p = pixel[at] - zeroPoint;
#define addProduct(p, o) total##o##p += (uint32_t)(w * x##p); keep(total##o##p)
#define multiplyRow(o, at, pixels) { int32_t w = weight##o[at]; pixels(addProduct, o) fence(); }
/* Element `at` of each row times element `at` of each pixel. */
#define step(rows, pixels, load, at) { pixels(load, at) rows(multiplyRow, at, pixels) }
#define advanceRow(o, by) weight##o += by;

#define eightSteps(rows, pixels, load) \
	step(rows, pixels, load, 0) step(rows, pixels, load, 1) step(rows, pixels, load, 2) step(rows, pixels, load, 3) \
	step(rows, pixels, load, 4) step(rows, pixels, load, 5) step(rows, pixels, load, 6) step(rows, pixels, load, 7)

#define dot(rows, pixels, load, advanceEight, advanceOne) do { \
		const int8_t *whole = weight0 + (count & ~7), *end = weight0 + count; \
		while (weight0 != whole) { \
			eightSteps(rows, pixels, load) \
			rows(advanceRow, 8) \
			advanceEight \
		} \
		while (weight0 != end) { \
			step(rows, pixels, load, 0) \
			rows(advanceRow, 1) \
			advanceOne \
		} \
	} while (0)

#define keepLate(p, o) sums[o * microPixels + p] = total##o##p;
#define keepRow(o, pixels) pixels(keepLate, o)

static microCold void slowOutputs(const uint32_t *sums, const MicroChannel *channel, const MicroRange *range, int8_t *to, int32_t pixelCount, int32_t pixelStep) {
	int32_t p;
	for (p = 0; p < pixelCount; p++)
		to[p * pixelStep] = microOutput(sums[p], channel, range);
}

#define declarePlace(p, unused) const int32_t place##p = (p < pixelCount ? p : pixelCount - 1) * outputs;
#define fastOutput(p, unused) to[place##p] = (int8_t)microClamp(microFastMultiply((int32_t)sum##p, scale, offset), low, high);
#define loadSum(p, unused) uint32_t sum##p = sums[p] + bias;

/* `rows` outputs of each pixel from the sums. Pixels that are not real lie over the last that is, and are stored before it. */
static void finish(const MicroDots *dots, const uint32_t *sums, const MicroChannel *channel, int32_t rows, int32_t pixelCount, int8_t *to) {
	const int32_t offset = dots->range.offset, low = dots->range.low, high = dots->range.high, outputs = dots->outputs;
	blockPixels(declarePlace, 0)
	for (; rows > 0; rows--, channel++, to++, sums += microPixels) {
		const MicroFastScale scale = channel->scale;
		if (scale.shift < 0)
			slowOutputs(sums, channel, &dots->range, to, pixelCount, outputs);
		else {
			const uint32_t bias = (uint32_t)channel->bias;
			blockPixels(loadSum, 0)
			join(down, microPixels)(fastOutput, 0)
		}
	}
}

tightRegisters void microDotPixels(const MicroDots *dots, const uint8_t *pixels, int32_t pixelCount, int8_t *output) {
	const int32_t count = dots->count;
	const int8_t *weights = dots->weights;
	const MicroChannel *channels = dots->channels;
	int32_t left;

	for (left = dots->outputs; left > 0; left -= microOutputs) {
		uint32_t sums[microOutputs * microPixels];
		const int32_t last = left < microOutputs ? left - 1 : microOutputs - 1;
		const uint8_t *pixel = pixels;
		blockRows(declareRow, last)
		blockRows(startRow, blockPixels)
		dot(blockRows, blockPixels, loadWoven, pixel += 2 * microWovenGroup; , if (((uintptr_t)++pixel & 3) == 0) pixel += microWovenGroup - 4; );
		blockRows(keepRow, blockPixels)
		finish(dots, sums, channels, last + 1, pixelCount, output);
		weights += microOutputs * count;
		channels += microOutputs;
		output += microOutputs;
	}
}

#define storeSum(o, unused) sum[o] = total##o##0;

void microDotRow(const int8_t *weights, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum) {
	const int32_t last = rowCount < microRows ? rowCount - 1 : microRows - 1;
	longRows(declareRow, last)
	longRows(startRow, pixels1)
	dot(longRows, pixels1, loadOne, pixel += 8; , pixel++; );
	longRows(storeSum, 0)
}
