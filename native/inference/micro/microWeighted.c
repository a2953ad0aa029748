#include "../inferenceOptions.h"
#include "microWeighted.h"

/* Statements here are made by macros that clang-format takes for expressions. */
/* clang-format off */

#define eachOutput(value, bits) \
	const int32_t start = weighted->start, sure = weighted->sure, low = weighted->low, high = weighted->high; \
	const int8_t *end = output + count; \
	for (; output != end; output++, x += stepX, y += stepY) { \
		const int32_t v = (value) + start; \
		*output = v & sure ? (int8_t)microClamp(v >> bits, low, high) : weighted->exact(weighted->context, *x, *y); \
	}

/* Else in ../lx6. */
#if !defined(INFERENCE_MAC16)
microUnrolled void microWeightedSums(const MicroWeighted *weighted, const int8_t *x, int32_t stepX, const int8_t *y, int32_t stepY, int8_t *output, int32_t count) {
	const int32_t factorX = weighted->factor[0], factorY = weighted->factor[1];
	eachOutput(*x * factorX + *y * factorY, microSumBits)
}
#endif

microUnrolled void microWeightedProducts(const MicroWeighted *weighted, const int8_t *x, int32_t stepX, const int8_t *y, int32_t stepY, int8_t *output, int32_t count) {
	const int32_t factor = weighted->factor[0], zeroX = weighted->zero[0], zeroY = weighted->zero[1];
	eachOutput((*x - zeroX) * (*y - zeroY) * factor, microProductBits)
}
