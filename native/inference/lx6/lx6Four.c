/* Four dot products of LSTM, SVDF and TRANSPOSE_CONV: see microFour.h, whose function this is on LX6. Four sums want core registers, and their multiplier. */
#include "../inferenceOptions.h"
#include "../micro/microFour.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Mac16.h"

	/* clang-format off */
	#define addRow(row, sum) \
		"l8ui %[weight], %[" row "], 0\n" \
		"addi %[" row "], %[" row "], 1\n" \
		lx6SignExtend("%[weight]", "%[weight]", "7") \
		lx6Mull("%[weight]", "%[weight]", "%[value]") \
		"add %[" sum "], %[" sum "], %[weight]\n"

void microFour(const int8_t *x, int32_t count, int32_t zero, const int8_t *const *rows, int32_t at, uint32_t *sums) {
	const int8_t *a = rows[0] + at, *b = rows[1] + at, *c = rows[2] + at, *d = rows[3] + at;
	uint32_t sumA = sums[0], sumB = sums[1], sumC = sums[2], sumD = sums[3];
	/* At first the count. */
	int32_t value = count, weight;

	if (count <= 0)
		return;
	__asm__ volatile(
		lx6LoopHere("%[value]")
		"l8ui %[value], %[x], 0\n"
		"addi %[x], %[x], 1\n"
		lx6SignExtend("%[value]", "%[value]", "7")
		"sub %[value], %[value], %[zero]\n"
		addRow("a", "sumA")
		addRow("b", "sumB")
		addRow("c", "sumC")
		addRow("d", "sumD")
		"7:\n"
		: [x] "+&r"(x), [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [d] "+&r"(d), [sumA] "+&r"(sumA), [sumB] "+&r"(sumB),
		[sumC] "+&r"(sumC), [sumD] "+&r"(sumD), [value] "+&r"(value), [weight] "=&r"(weight)
		: [zero] "r"(zero)
		: "memory");
	sums[0] = sumA;
	sums[1] = sumB;
	sums[2] = sumC;
	sums[3] = sumD;
}
/* clang-format on */

#endif
