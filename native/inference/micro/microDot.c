#include "microDot.h"

/*
 * The loops below are written with names instead of arrays, and spelled out by these, because a sum that is an array
 * element stays in memory unless the optimizer is in the mood.
 */
#define each1(what, ...) what(0, __VA_ARGS__)
#define each2(what, ...) each1(what, __VA_ARGS__) what(1, __VA_ARGS__)
#define each3(what, ...) each2(what, __VA_ARGS__) what(2, __VA_ARGS__)
#define each4(what, ...) each3(what, __VA_ARGS__) what(3, __VA_ARGS__)
#define each8(what, ...) each4(what, __VA_ARGS__) what(4, __VA_ARGS__) what(5, __VA_ARGS__) what(6, __VA_ARGS__) what(7, __VA_ARGS__)
#define join2(a, b) a##b
#define join(a, b) join2(a, b)
/* The same lists under other names: a macro does not expand inside itself. */
#define pixels1(what, ...) what(0, __VA_ARGS__)
#define pixels2(what, ...) pixels1(what, __VA_ARGS__) what(1, __VA_ARGS__)
#define pixels3(what, ...) pixels2(what, __VA_ARGS__) what(2, __VA_ARGS__)
#define blockRows join(each, microOutputs)
#define blockPixels join(pixels, microPixels)
#define longRows join(each, microRows)

/* Keeps a row's load with its sums. Left to itself, GCC loads several steps ahead, runs out of registers and spills. */
#if defined(__GNUC__)
	#define keep(sum) __asm__ volatile ("" : "+r"(sum));
	#define fence() __asm__ volatile ("" : : : "memory")
#else
	#define keep(sum)
	#define fence()
#endif

/* Rows past the last repeat it, and so do pixels: what is computed twice is stored twice, and no loop has an exception. */
#define declarePlace(o, unused) int32_t place##o = o;
#define limitPlace(o, last) if (place##o > (last)) place##o = (last);
#define declareRow(o, step) const int8_t *weight##o = weights + place##o * (step);
#define declareSum(p, o, value) uint32_t total##o##p = (value);
#define startRow(o, pixels) const MicroChannel *channel##o = channels + place##o; pixels(declareSum, o, (uint32_t)channel##o->bias)
#define startSum(o, unused) uint32_t total##o##0 = 0;
#define declareInput(p, unused) const int32_t pixelOffset##p = (p < pixelCount ? p : pixelCount - 1) * pixelStep, outOffset##p = (p < pixelCount ? p : pixelCount - 1) * outputs;
#define declarePixel(p, unused) const uint8_t *pixel##p = pixels + pixelOffset##p;

#define loadPixel(p, at) int32_t x##p = pixel##p[at] - zeroPoint;
#define addProduct(p, o) total##o##p += (uint32_t)(w * x##p);
#define keepSum(p, o) keep(total##o##p)
#define multiplyRow(o, at, pixels) { int32_t w = weight##o[at]; pixels(addProduct, o) pixels(keepSum, o) fence(); }
/* Element `at` of each row times element `at`, less the zero point, of each pixel. */
#define step(rows, pixels, at) { pixels(loadPixel, at) rows(multiplyRow, at, pixels) }
#define advanceRow(o, by) weight##o += by;
#define advancePixel(p, by) pixel##p += by;

#define eightSteps(rows, pixels, from) \
	step(rows, pixels, from) step(rows, pixels, (from) + 1) step(rows, pixels, (from) + 2) step(rows, pixels, (from) + 3) \
	step(rows, pixels, (from) + 4) step(rows, pixels, (from) + 5) step(rows, pixels, (from) + 6) step(rows, pixels, (from) + 7)
#define steps8(rows, pixels) eightSteps(rows, pixels, 0)
#define steps16(rows, pixels) eightSteps(rows, pixels, 0) eightSteps(rows, pixels, 8)

#define dot(rows, pixels, turn) do { \
		const int8_t *whole = weight0 + (count & ~((turn) - 1)), *end = weight0 + count; \
		while (weight0 != whole) { \
			join(steps, turn)(rows, pixels) \
			rows(advanceRow, turn) \
			pixels(advancePixel, turn) \
		} \
		while (weight0 != end) { \
			step(rows, pixels, 0) \
			rows(advanceRow, 1) \
			pixels(advancePixel, 1) \
		} \
	} while (0)

#define fastOutput(p, o) to[outOffset##p] = (int8_t)microClamp(microFastMultiply((int32_t)total##o##p, scale, offset), low, high);
#define keepLate(p, o) late[p] = total##o##p; lateOffset[p] = outOffset##p;
#define finishRow(o, pixels) { \
		const MicroFastScale scale = channel##o->scale; \
		int8_t *to = output + place##o; \
		if (scale.shift >= 0) { pixels(fastOutput, o) } \
		else { \
			uint32_t late[microPixels]; \
			int32_t lateOffset[microPixels]; \
			pixels(keepLate, o) \
			slowOutputs(late, lateOffset, scale, &dots->range, to); \
		} \
	}

static microCold void slowOutputs(const uint32_t *sums, const int32_t *offsets, MicroFastScale scale, const MicroRange *range, int8_t *to) {
	int32_t p;
	for (p = 0; p < microPixels; p++)
		to[offsets[p]] = microSlowOutput((int32_t)sums[p], scale, range);
}

void microDotPixels(const MicroDots *dots, const uint8_t *pixels, int32_t pixelStep, int32_t pixelCount, int8_t *output) {
	const int32_t zeroPoint = 0, count = dots->count, outputs = dots->outputs;
	const int8_t *weights = dots->weights;
	const MicroChannel *channels = dots->channels;
	int32_t left;
	blockPixels(declareInput, 0)
	blockRows(declarePlace, 0)

	for (left = outputs; left > 0; left -= microOutputs) {
		if (left < microOutputs) {
			blockRows(limitPlace, left - 1)
		}
		{
			blockRows(declareRow, count)
			blockPixels(declarePixel, 0)
			blockRows(startRow, blockPixels)
			dot(blockRows, blockPixels, 16);
			{
				/* Read here, because what lives across the loop costs it registers. */
				const int32_t offset = dots->range.offset, low = dots->range.low, high = dots->range.high;
				blockRows(finishRow, blockPixels)
			}
		}
		/* Hides that a short block is the last: GCC would make a second copy of everything above to save one test. */
		keep(left)
		weights += microOutputs * count;
		channels += microOutputs;
		output += microOutputs;
	}
}

#define storeSum(o, unused) sum[o] = total##o##0;

void microDotRow(const int8_t *weights, int32_t rowCount, const int8_t *pixel0, int32_t zeroPoint, int32_t count, uint32_t *sum) {
	longRows(declarePlace, 0)
	longRows(limitPlace, rowCount - 1)
	longRows(declareRow, count)
	longRows(startSum, 0)
	dot(longRows, pixels1, 8);
	longRows(storeSum, 0)
}
