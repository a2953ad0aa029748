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

/* Keeps a row's load with its sums. Left to itself, GCC loads several steps ahead, runs out of registers and spills. */
#if defined(__GNUC__)
	#define keep(sum) __asm__ volatile ("" : "+r"(sum));
	#define fence() __asm__ volatile ("" : : : "memory")
#else
	#define keep(sum)
	#define fence()
#endif

#define declareSum(p, o) uint32_t total##o##p = 0;
#define declareRow(o, pixels) const int8_t *weight##o = rowAt(o); pixels(declareSum, o)
#define declarePixel(p, unused) const int8_t *pixel##p = pixelAt(p);
#define loadPixel(p, at) int32_t x##p = pixel##p[at] - zeroPoint;
#define addProduct(p, o) total##o##p += (uint32_t)(w * x##p);
#define keepSum(p, o) keep(total##o##p)
#define multiplyRow(o, at, pixels) { int32_t w = weight##o[at]; pixels(addProduct, o) pixels(keepSum, o) fence(); }
#define advanceRow(o, by) weight##o += by;
#define advancePixel(p, by) pixel##p += by;
#define storeSum(p, o, of) sum[(o) * (of) + (p)] = total##o##p;
#define storeRow(o, pixels, of) pixels(storeSum, o, of)

/* Element `at` of each row times element `at`, less the zero point, of each pixel. */
#define step(rows, pixels, at) { pixels(loadPixel, at) rows(multiplyRow, at, pixels) }

/* Rows past the last repeat it. Without a branch: GCC would make a copy of the whole loop for each number of rows. */
#define rowAt(o) (weights + ((o) - (((o) - last) & ~(((o) - last) >> 31))) * rowStep)

#define dot(rows, pixels, of) do { \
		const int32_t last = rowCount - 1; \
		rows(declareRow, pixels) \
		pixels(declarePixel, 0) \
		const int8_t *whole = weight0 + (count & ~7), *end = weight0 + count; \
		while (weight0 != whole) { \
			step(rows, pixels, 0) step(rows, pixels, 1) step(rows, pixels, 2) step(rows, pixels, 3) \
			step(rows, pixels, 4) step(rows, pixels, 5) step(rows, pixels, 6) step(rows, pixels, 7) \
			rows(advanceRow, 8) \
			pixels(advancePixel, 8) \
		} \
		while (weight0 != end) { \
			step(rows, pixels, 0) \
			rows(advanceRow, 1) \
			pixels(advancePixel, 1) \
		} \
		rows(storeRow, pixels, of) \
	} while (0)

void microDotBlock(const int8_t *weights, int32_t rowStep, int32_t rowCount, const int8_t *pixels, int32_t pixelStep, int32_t count, uint32_t *sum) {
	const int32_t zeroPoint = 0;
#define pixelAt(p) (pixels + (p) * pixelStep)
	dot(join(each, microOutputs), join(pixels, microPixels), microPixels);
#undef pixelAt
}

void microDotRow(const int8_t *weights, int32_t rowStep, int32_t rowCount, const int8_t *pixel, int32_t zeroPoint, int32_t count, uint32_t *sum) {
#define pixelAt(p) pixel
	dot(join(each, microRows), pixels1, 1);
#undef pixelAt
}
