#include "../inferenceOptions.h"
#include "microFour.h"

/* Else in ../lx6. */
#if !defined(INFERENCE_MAC16)

microUnrolled void microFour(
	const int8_t *x, int32_t count, int32_t zero, const int8_t *const *rows, int32_t at, uint32_t *sums) {
	const int8_t *a = rows[0] + at, *b = rows[1] + at, *c = rows[2] + at, *d = rows[3] + at, *end = x + count;
	uint32_t sumA = sums[0], sumB = sums[1], sumC = sums[2], sumD = sums[3];

	while (x != end) {
		const int32_t value = *x++ - zero;
		sumA += (uint32_t)(value * *a++);
		sumB += (uint32_t)(value * *b++);
		sumC += (uint32_t)(value * *c++);
		sumD += (uint32_t)(value * *d++);
	}
	sums[0] = sumA;
	sums[1] = sumB;
	sums[2] = sumC;
	sums[3] = sumD;
}

#endif
