/*
 * A row of inputs less their zero point is widened into scratch, then each output's weights are, in registers, as they are multiplied: two instructions a
 * multiply-accumulate, loads included, and no sum of weights is needed.
 */
#include "../micro/microSmall.h"
#include "lx6Connect.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"
	#include "lx6Requantize.h"
	#include "lx6Widen.h"

	/* Words that the loop reads, and does not use, past the end of a row. */
	#define ahead 2

	/* What these kernels may take. */
	#define mostScratch 4096

bool lx6ConnectNeed(const MicroNode *node, int32_t count, MicroNeed *need) {
	const MicroTensor *weights = &node->input[1];
	if (!lx6InWords(weights->data, count) || node->input[0].constant || weights->zeroPoint ||
		(count > (mostScratch - 4 * ahead) / 2))
		return false;
	if (need)
		need->scratch = 2 * (uint32_t)count + 4 * ahead;
	return true;
}

/* Four bytes of inputs become two words, in the order of lx6WidenWords. */
static void widen(uint32_t *to, const int8_t *from, int32_t count, int32_t zero) {
	for (; count > 0; count -= 4, from += 4, to += 2) {
		to[0] = (uint16_t)(from[0] - zero) | (uint32_t)(from[2] - zero) << 16;
		to[1] = (uint16_t)(from[1] - zero) | (uint32_t)(from[3] - zero) << 16;
	}
}

	/* clang-format moves statements in assembly back and forth. */
	/* clang-format off */
	/* Four weights in two words; m0 and m1 have the inputs of the first four, m2 and m3 those of the second. */
	#define lx6Weights(at) \
		"l32i %[y], %[weight], " at "\n" \
		"slli %[x], %[y], 8\n" \
		"and %[x], %[x], %[odd]\n" \
		"and %[y], %[y], %[odd]\n"
/* The accumulator of one output: low word y, high word x. */
#define accumulate() \
	__asm__ volatile( \
		lx6SetLow("%[low]") \
		lx6SetHigh("%[high]") \
		lx6Load("0", "%[input]") \
		lx6Load("1", "%[input]") \
		"beqz %[eights], 8f\n" \
		lx6Align \
		"_nop.n\n" \
		lx6Loop("%[eights]") \
		lx6Weights("0") \
		lx6AddCoreLoad(lx6LowLow, "2", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6HighHigh, "3", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6LowLow, "0", "%[input]", "1", "%[y]") \
		lx6AddCoreLoad(lx6HighHigh, "1", "%[input]", "1", "%[y]") \
		lx6Weights("4") \
		"addi %[weight], %[weight], 8\n" \
		lx6CoreAdd(lx6LowLow, "%[x]", "2") \
		lx6CoreAdd(lx6HighHigh, "%[x]", "2") \
		lx6CoreAdd(lx6LowLow, "%[y]", "3") \
		lx6CoreAdd(lx6HighHigh, "%[y]", "3") \
		"7:\n" \
		"8: beqz %[four], 9f\n" \
		lx6Weights("0") \
		"addi %[weight], %[weight], 4\n" \
		lx6AddCoreLoad(lx6LowLow, "2", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6HighHigh, "2", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6LowLow, "2", "%[input]", "1", "%[y]") \
		lx6AddCoreLoad(lx6HighHigh, "2", "%[input]", "1", "%[y]") \
		"9:\n" \
		lx6GetLow("%[y]") \
		lx6GetHigh("%[x]") \
		: [weight] "+&r"(weight), [input] "+&r"(input), [x] "=&r"(x), [y] "=&r"(y) \
		: [low] "r"(fast.start), [high] "r"(fast.start >> 31), [eights] "r"(eights), [four] "r"(four), [odd] "r"(0xFF00FF00u) \
		: "memory")
/* clang-format on */

void lx6ConnectRun(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	const int8_t *from = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	uint32_t *row = (uint32_t *)(uintptr_t)node->scratch;
	const int32_t eights = count / 8, four = count & 4;
	Lx6Fast fast = { 0, 0, 0, 0 };
	Lx6Channel channel;
	MicroLayer layer;
	MicroScale scale = { 0, 0 };
	int32_t c;

	microLayer(node, &layer);
	for (; rows > 0; rows--, from += count) {
		const int8_t *weight = (const int8_t *)node->input[1].data;
		widen(row, from, count, layer.zeroPoint);
		for (c = 0; c < outputs; c++) {
			/* Loads add 4 first. */
			const uint32_t *input = row - 1;
			const int32_t bias = microChannelBias(&layer, (uint32_t)c);
			int32_t x, y, v;
			bool isFast;
			if (layer.scaleStep || (c == 0)) {
				microChannelScale(&layer, (uint32_t)c, &scale);
				channel.exact.scale = microFastScale(scale, microWideSums(0, (uint32_t)count));
				channel.start = lx6Added(&channel, range);
				fast = lx6Fast(&channel, range);
			}
			isFast = (channel.start != lx6Exact) && lx6IsSmall(bias);
			fast.start = isFast ? bias * 256 + channel.start : 0;
			accumulate();
			v = lx6Scaled(&fast, x, y);
			if (isFast && (v & fast.sure)) {
				*output++ = (int8_t)microClamp(v >> lx6FractionBits, range->low, range->high);
				continue;
			}
			v = (int32_t)((lx6Accumulator((int8_t)x, y) - fast.start) >> 8);
			*output++ = microScaled((int32_t)((uint32_t)v + (uint32_t)bias), scale, range);
		}
	}
}

#endif
