#include "lx6Columns.h"

/* clang-format moves comments of statements in assembly back and forth. */
/* clang-format off */
#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"
	#include "lx6Widen.h"

Lx6Column *lx6PushRow(Lx6Column *columns, Lx6Column *end, int32_t slot, const int8_t *from, int32_t step, uint32_t zero) {
	lx6WidenApart(&columns->value[slot], sizeof(Lx6Column), from, step, (int32_t)(end - columns), zero);
	return end;
}

Lx6Column *lx6PushZeros(Lx6Column *column, Lx6Column *end, int32_t slot) {
	for (; column < end; column++)
		column->value[slot] = 0;
	return end;
}

static uint32_t pair(int8_t low, int8_t high) {
	return ((uint32_t)(uint8_t)low << 8) | ((uint32_t)(uint8_t)high << 24);
}

static void pack(struct Lx6Turn *turn, const int8_t *x, const int8_t *y, const int8_t *z) {
	turn->upper[0] = pair(x[0], y[0]);
	turn->upper[1] = pair(x[1], y[1]);
	turn->upper[2] = pair(x[2], y[2]);
	turn->last[0] = pair(z[0], z[1]);
	turn->last[1] = pair(z[2], 0);
}

void lx6PackTaps(Lx6Taps *taps, const int8_t *w) {
	pack(&taps->turn[0], w, w + 3, w + 6);
	pack(&taps->turn[1], w + 6, w, w + 3);
	pack(&taps->turn[2], w + 3, w + 6, w);
}

#define outputs(back, clamp) \
	__asm__ volatile( \
		"ssr %[x]\n" \
		"1:\n" \
		lx6Load("0", "%[from]") \
		"l32i %[y], %[start]\n" \
		lx6SetLow("%[y]") \
		lx6AddCoreLoad(lx6LowLow, "1", "%[from]", "0", "%[a]") \
		lx6AddCoreLoad(lx6HighHigh, "2", "%[from]", "0", "%[a]") \
		lx6AddCoreLoad(lx6LowLow, "3", "%[from]", "1", "%[d]") \
		lx6CoreAdd(lx6LowLow, "%[b]", "2") \
		lx6CoreAdd(lx6HighHigh, "%[b]", "2") \
		"l32i %[x], %[from], 4\n" \
		"l32i %[y], %[from], 8\n" \
		lx6CoreAdd(lx6HighLow, "%[d]", "3") \
		lx6CoreAddCore(lx6LowLow, "%[c]", "%[x]") \
		lx6CoreAddCore(lx6HighHigh, "%[c]", "%[x]") \
		lx6CoreAddCore(lx6LowLow, "%[e]", "%[y]") \
		back \
		lx6Finish(lx6Low, clamp) \
		: [from] "+&r"(from), [out] "+&r"(output), [x] "+&r"(x), [y] "=&r"(y) \
		: [a] "r"(turn->upper[0]), [b] "r"(turn->upper[1]), [c] "r"(turn->upper[2]), [d] "r"(turn->last[0]), [e] "r"(turn->last[1]), \
		[start] "m"(fast.start), [factor] "r"(fast.factor), [sure] "r"(fast.sure), [lowest] "m"(lowest), [highest] "m"(highest), \
		[step] "r"(step), [end] "r"(end) \
		: "memory")
/* From a window's fourth word to before the next one's first: two columns on, they are one. */
#define backByOne "addi %[from], %[from], -8\n"

void lx6Line(const Lx6Column *columns, const Lx6Taps *taps, const MicroRange *range, int32_t slot, int32_t stride,
	int32_t count, int8_t *output, int32_t step) {
	const struct Lx6Turn *turn = &taps->turn[slot];
	const Lx6Fast fast = lx6Fast(&taps->channel, range);
	const int32_t lowest = range->low, highest = range->high;
	const bool isLimited = lx6IsLimited(range);
	const int8_t *end = output + count * step;
	/* Loads add 4 first. */
	const uint32_t *from = (const uint32_t *)(const void *)columns - 1;

	while (output != end) {
		int32_t x = fast.shift, y;
		if (stride == 1) {
			if (isLimited)
				outputs(backByOne, lx6Limited);
			else
				outputs(backByOne, lx6Whole);
		} else if (isLimited)
			outputs("", lx6Limited);
		else
			outputs("", lx6Whole);
		if (output == end)
			return;
		*output = lx6ExactOutput((int8_t)(y >> 31), y, fast.start, &taps->channel, range);
		output += step;
	}
}

#endif
