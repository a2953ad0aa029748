/* The inner loop of ADD and SUB: see microWeighted.h, whose function this is on LX6. */
#include "../inferenceOptions.h"
#include "../micro/microWeighted.h"

/* clang-format moves statements in assembly back and forth. */
/* clang-format off */
#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"

/* Outputs, until one wants the exact way or all are done. */
#define sums(clamp) \
	__asm__ volatile( \
		lx6LoopHere("%[count]") \
		"l8ui %[x], %[a], 0\n" \
		"l8ui %[y], %[b], 0\n" \
		lx6SignExtend("%[x]", "%[x]", "7") \
		lx6SignExtend("%[y]", "%[y]", "7") \
		lx6Mull("%[x]", "%[x]", "%[factorX]") \
		lx6Mull("%[y]", "%[y]", "%[factorY]") \
		"add %[x], %[x], %[start]\n" \
		"add %[x], %[x], %[y]\n" \
		"bnone %[x], %[sure], 2f\n" \
		"srai %[x], %[x], %[bits]\n" \
		clamp \
		"s8i %[x], %[out], 0\n" \
		"add %[a], %[a], %[stepX]\n" \
		"add %[b], %[b], %[stepY]\n" \
		"addi %[out], %[out], 1\n" \
		"7:\n" \
		"2:\n" \
		: [a] "+&r"(a), [b] "+&r"(b), [out] "+&r"(output), [x] "=&r"(x), [y] "=&r"(y) \
		: [count] "r"(end - output), [stepX] "r"(stepX), [stepY] "r"(stepY), [factorX] "r"(factorX), [factorY] "r"(factorY), \
		[start] "r"(start), [sure] "r"(sure), [bits] "i"(microSumBits), [lowest] "m"(lowest), [highest] "m"(highest) \
		: "memory")

void microWeightedSums(const MicroWeighted *weighted, const int8_t *a, int32_t stepX, const int8_t *b, int32_t stepY, int8_t *output, int32_t count) {
	const int32_t factorX = weighted->factor[0], factorY = weighted->factor[1], start = weighted->start, sure = weighted->sure,
		lowest = weighted->low, highest = weighted->high;
	const bool isLimited = (lowest != -128) || (highest != 127);
	const int8_t *end = output + count;
	while (output != end) {
		int32_t x, y;
		if (isLimited)
			sums(lx6Limited);
		else
			sums(lx6Whole);
		if (output == end)
			return;
		*output++ = weighted->exact(weighted->context, *a, *b);
		a += stepX;
		b += stepY;
	}
}

#endif
