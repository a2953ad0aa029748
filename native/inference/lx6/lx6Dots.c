#include "lx6Dots.h"

/* clang-format moves comments of statements in assembly back and forth. */
/* clang-format off */
#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"

	/* Sums of this many quads, with lx6Start's bias, fit 32 bits when multiplied by 256. */
	#define lowQuads (lx6SmallSum / 128 / 4)

	/* It wants all registers for itself. */
	#define separate __attribute__((noinline))

#define products \
		lx6AddLoad(lx6LowLow, "1", "%[pixel]", "0", "2") \
		lx6AddLoad(lx6HighHigh, "3", "%[weight]", "0", "2") \
		lx6AddLoad(lx6LowLow, "0", "%[pixel]", "1", "3") \
		lx6AddLoad(lx6HighHigh, "2", "%[weight]", "1", "3")

/* Outputs by the fast way, until one wants the exact one. Instructions that do nothing have the loop stand at 1 or 2 modulo 4. */
#define outputs(first, setHigh, next, take, clamp) \
	__asm__ volatile( \
		"ssr %[x]\n" \
		lx6Align \
		"_addi %[weight], %[weights], -4\n" \
		lx6Load("2", "%[weight]") \
		first \
		lx6SetLow("%[low]") \
		setHigh \
		"_or %[weight], %[weights], %[weights]\n" \
		lx6Loop("%[quads]") \
		products \
		"7:\n" \
		next \
		lx6Finish(take, clamp) \
		: [pixel] "+&r"(pixel), [weight] "=&r"(weight), [out] "+&r"(output), [x] "+&r"(x), [y] "=&r"(y) \
		: [weights] "r"(block->weights), [quads] "r"(block->quads), [low] "r"(fast.start), [more] "r"(more), \
		[factor] "r"(fast.factor), [sure] "r"(fast.sure), [lowest] "m"(lowest), [highest] "m"(highest), [step] "r"(block->step), [end] "r"(end) \
		: "memory")
/* Where the next window begins where one ends, its first word comes with the last one's products. */
#define neighbours lx6Load("0", "%[pixel]") "_nop\n" "1:\n"
#define apart "_nop.n\n" "1:\n" lx6Load("0", "%[pixel]")
#define narrow(clamp) outputs(neighbours, "", "", lx6Low, clamp)
#define narrowApart(clamp) outputs(apart, "", "add %[pixel], %[pixel], %[more]\n", lx6Low, clamp)
#define wide(clamp) outputs(neighbours, lx6SetHigh("%[more]"), "", lx6Both, clamp)

/* The same for windows of several runs. Instructions of two and of three bytes have the loop stand at 2 modulo 4. */
#define outputsOfRuns(clamp) \
	__asm__ volatile( \
		"ssr %[x]\n" \
		lx6Align \
		"1:\n" \
		"_l32i %[y], %[start]\n" \
		lx6SetLow("%[y]") \
		"srai %[y], %[y], 31\n" \
		lx6SetHigh("%[y]") \
		"_l32i %[run], %[runs]\n" \
		"_l32i %[weight], %[weights]\n" \
		lx6Load("2", "%[weight]") \
		"8:\n" \
		lx6Load("0", "%[pixel]") \
		"addi.n %[run], %[run], -1\n" \
		lx6Loop("%[quads]") \
		products \
		"7:\n" \
		"add %[pixel], %[pixel], %[gap]\n" \
		"bnez %[run], 8b\n" \
		"add %[pixel], %[pixel], %[back]\n" \
		lx6Finish(lx6Both, clamp) \
		: [pixel] "+&r"(pixel), [weight] "=&r"(weight), [out] "+&r"(output), [x] "+&r"(x), [y] "=&r"(y), [run] "=&r"(run) \
		: [weights] "m"(weights), [quads] "r"(block->quads), [start] "m"(fast.start), [runs] "m"(runs), [gap] "r"(gap), [back] "r"(back), \
		[factor] "r"(fast.factor), [sure] "r"(fast.sure), [lowest] "m"(lowest), [highest] "m"(highest), [step] "r"(block->step), [end] "r"(end) \
		: "memory")

/* And for three, without counting them. The last quad of a run, which may be the only one, loads the first word of the next one. */
#define threeRuns(first, quads, pad, setHigh, take, clamp) \
	__asm__ volatile( \
		"ssr %[x]\n" \
		lx6Align \
		"_l32i %[weight], %[weights]\n" \
		lx6Load("2", "%[weight]") \
		lx6Load("0", "%[pixel]") \
		pad \
		"1:\n" \
		"_l32i %[y], %[start]\n" \
		lx6SetLow("%[y]") \
		setHigh \
		"_l32i %[weight], %[second]\n" \
		oneOfThree(first, "%[gap]") \
		oneOfThree(quads, "%[gap]") \
		"_nop.n\n" \
		oneOfThree(quads, "%[back]") \
		lx6Finish(take, clamp) \
		: [pixel] "+&r"(pixel), [weight] "=&r"(weight), [out] "+&r"(output), [x] "+&r"(x), [y] "=&r"(y) \
		: [weights] "m"(weights), [second] "m"(second), [others] "r"(others), [start] "m"(fast.start), [high] "r"(high), [gap] "r"(gap + 4), [back] "r"(gap + back + 4), \
		[factor] "r"(fast.factor), [sure] "r"(fast.sure), [lowest] "m"(lowest), [highest] "m"(highest), [step] "r"(block->step), [end] "r"(end) \
		: "memory")
#define oneOfThree(quads, gap) \
		quads \
		lx6AddLoad(lx6LowLow, "1", "%[pixel]", "0", "2") \
		lx6AddLoad(lx6HighHigh, "3", "%[weight]", "0", "2") \
		"_add.n %[pixel], %[pixel], " gap "\n" \
		lx6AddLoad(lx6LowLow, "0", "%[pixel]", "1", "3") \
		lx6AddLoad(lx6HighHigh, "2", "%[weight]", "1", "3")
#define narrowRuns(first, quads, clamp) threeRuns(first, quads, "_nop\n", "", lx6Low, clamp)
#define wideRuns(clamp) threeRuns(allQuads, allQuads, "", lx6SetHigh("%[high]"), lx6Both, clamp)
/* For QEMU: see lx6Mac16.h. */
#define oneQuad "j 3f\n3:\n"
#define allQuads lx6Loop("%[others]") products "7:\n"

static separate void dotsOfRuns(const Lx6Block *block, const Lx6Channel *channel, const MicroRange *range, int8_t *output) {
	const Lx6Fast fast = lx6Fast(channel, range);
	const bool isLimited = lx6IsLimited(range), isNarrow = (block->runs == 3) && (block->isSmall || (block->quads * 3 <= lowQuads));
	const int32_t length = block->count * block->step, lowest = range->low, highest = range->high, runs = block->runs, high = fast.start >> 31;
	/* The loop reads a word ahead. There is no window behind a single one, whose first word would be loaded. */
	const int32_t gap = block->runStep - 8 * block->quads - 4, back = (block->count > 1 ? block->stride : 0) - runs * block->runStep;
	/* Loads add 4 first. */
	const uint32_t *row = block->pixels - 1, *weights = block->weights - 1, *second = block->weights, *weight;
	int32_t rows = block->rows, others = block->quads - 1;

	for (; rows > 0; rows--, row += block->rowStep / 4, output += block->outStep - length) {
		const int8_t *end = output + length;
		const uint32_t *pixel = row;
		for (;;) {
			int32_t x = fast.shift, y, run;
			if (runs == 3) {
				if (others == 0)
					narrowRuns("", oneQuad, lx6Limited);
				else if (isNarrow) {
					if (isLimited)
						narrowRuns(allQuads, allQuads, lx6Limited);
					else
						narrowRuns(allQuads, allQuads, lx6Whole);
				} else if (isLimited)
					wideRuns(lx6Limited);
				else
					wideRuns(lx6Whole);
			} else if (isLimited)
				outputsOfRuns(lx6Limited);
			else
				outputsOfRuns(lx6Whole);
			if (output == end)
				break;
			x = y >> 31;
			if (!isNarrow)
				__asm__ volatile(lx6GetHigh("%0") : "=r"(x));
			*output = lx6ExactOutput((int8_t)x, y, fast.start, channel, range);
			output += block->step;
			if (output == end)
				break;
			/* The next window's first word was loaded. */
			pixel -= runs == 3;
		}
	}
}

static separate void dots(const Lx6Block *block, const Lx6Channel *channel, const MicroRange *range, int8_t *output, int32_t gap) {
	const Lx6Fast fast = lx6Fast(channel, range);
	const bool isWide = block->quads > lowQuads, isLimited = lx6IsLimited(range);
	const int32_t more = isWide ? fast.start >> 31 : gap - 4, length = block->count * block->step, lowest = range->low, highest = range->high;
	/* Loads add 4 first. */
	const uint32_t *row = block->pixels - 1, *weight;
	int32_t rows = block->rows;

	for (; rows > 0; rows--, row += block->rowStep / 4, output += block->outStep - length) {
		const int8_t *end = output + length;
		const uint32_t *pixel = row;
		for (;;) {
			int32_t x = fast.shift, y;
			if (isWide) {
				if (isLimited)
					wide(lx6Limited);
				else
					wide(lx6Whole);
			} else if (gap) {
				if (isLimited)
					narrowApart(lx6Limited);
				else
					narrowApart(lx6Whole);
			} else if (isLimited)
				narrow(lx6Limited);
			else
				narrow(lx6Whole);
			if (output == end)
				break;
			/* Of a narrow sum the upper word is its sign. */
			x = y >> 31;
			if (isWide)
				__asm__ volatile(lx6GetHigh("%0") : "=r"(x));
			*output = lx6ExactOutput((int8_t)x, y, fast.start, channel, range);
			output += block->step;
			if (output == end)
				break;
			pixel -= !gap;
		}
	}
}

void lx6Dots(const Lx6Block *block, const Lx6Channel *channel, const MicroRange *range, int8_t *output) {
	/* From the end of a window to the next one. */
	const int32_t gap = block->stride - 8 * block->quads;
	if ((block->runs > 1) || (gap && (block->quads > lowQuads)))
		dotsOfRuns(block, channel, range, output);
	else
		dots(block, channel, range, output, gap);
}

#endif
