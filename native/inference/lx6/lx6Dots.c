#include "lx6Dots.h"

/* clang-format moves comments of statements in assembly back and forth. */
/* clang-format off */
#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"

	/* Sums of this many quads, with lx6Start's bias, fit 32 bits when multiplied by 256. */
	#define lowQuads 32

/* Outputs by the fast way, until one wants the exact one. The instruction that does nothing has the loop stand at 1 or 2 modulo 4. */
#define outputs(setHigh, take, clamp) \
	__asm__ volatile( \
		"ssr %[x]\n" \
		lx6Align \
		lx6Load("0", "%[pixel]") \
		"_nop.n\n" \
		"1:\n" \
		lx6SetLow("%[low]") \
		setHigh \
		"_or %[weight], %[weights], %[weights]\n" \
		lx6Load("2", "%[weight]") \
		lx6Loop("%[quads]") \
		lx6AddLoad(lx6LowLow, "1", "%[pixel]", "0", "2") \
		lx6AddLoad(lx6HighHigh, "3", "%[weight]", "0", "2") \
		lx6AddLoad(lx6LowLow, "0", "%[pixel]", "1", "3") \
		lx6AddLoad(lx6HighHigh, "2", "%[weight]", "1", "3") \
		"7:\n" \
		lx6Finish(take, clamp) \
		: [pixel] "+&r"(pixel), [weight] "=&r"(weight), [out] "+&r"(output), [x] "+&r"(x), [y] "=&r"(y) \
		: [weights] "r"(weights), [quads] "r"(block->quads), [low] "r"(fast.start), [high] "r"(high), \
		[factor] "r"(fast.factor), [sure] "r"(fast.sure), [lowest] "m"(lowest), [highest] "m"(highest), [step] "r"(block->step), [end] "r"(end) \
		: "memory")
#define narrow(clamp) outputs("", lx6Low, clamp)
#define wide(clamp) outputs(lx6SetHigh("%[high]"), lx6Both, clamp)

void lx6Dots(const Lx6Block *block, const Lx6Channel *channel, const MicroRange *range, int8_t *output) {
	const Lx6Fast fast = lx6Fast(channel, range);
	const bool isWide = block->quads > lowQuads, isLimited = lx6IsLimited(range);
	const int8_t *end = output + block->count * block->step;
	const int32_t high = fast.start >> 31, lowest = range->low, highest = range->high;
	/* Loads add 4 first. */
	const uint32_t *pixel = block->pixels - 1, *weights = block->weights - 1, *weight;

	while (output != end) {
		int32_t x = fast.shift, y;
		if (isWide) {
			if (isLimited)
				wide(lx6Limited);
			else
				wide(lx6Whole);
		} else if (isLimited)
			narrow(lx6Limited);
		else
			narrow(lx6Whole);
		if (output == end)
			return;
		/* Of a narrow sum the upper word is its sign. */
		x = y >> 31;
		if (isWide)
			__asm__ volatile(lx6GetHigh("%0") : "=r"(x));
		*output = lx6ExactOutput((int8_t)x, y, fast.start, channel, range);
		output += block->step;
		pixel--;
	}
}

#endif
