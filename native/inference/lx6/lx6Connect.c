/*
 * A row of inputs is widened into scratch, then each output's weights are, in registers, as they are multiplied: two instructions a multiply-accumulate, loads
 * included. Rows of weights that do not begin at words are taken by words all the same, two of which make one.
 */
#include "lx6Connect.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"
	#include "lx6Widen.h"

	/* Words that the loop reads, and does not use, past the end of a row of inputs; bytes, past the end of the weights. */
	#define ahead 2
	#define behind 8

	/* What these kernels may take. */
	#define mostScratch 4096

bool lx6ConnectNeed(const MicroNode *node, int32_t count, MicroNeed *need) {
	const MicroTensor *weights = &node->input[1];
	const int32_t padded = (count + 3) & -4;
	/* Where weights were unpacked, whose bytes are 0, the scratch follows them. */
	if (node->input[0].constant || weights->zeroPoint || (count > mostScratch / 2 - 2 * ahead - 3) ||
		(weights->bytes && !lx6InWords(weights->data, count) &&
			(weights->data + weights->bytes + behind > node->inference->bytes + node->inference->size)))
		return false;
	if (need)
		need->scratch = 2 * (uint32_t)padded + 4 * ahead;
	return true;
}

/* Four inputs become two words, in the order of lx6WidenWords; zeros complete the last ones. */
static void widen(uint16_t *to, const int8_t *from, int32_t count, int32_t zero) {
	for (; count > 0; count -= 4, from += 4, to += 4) {
		to[0] = (uint16_t)(from[0] - zero);
		to[1] = count > 2 ? (uint16_t)(from[2] - zero) : 0;
		to[2] = count > 1 ? (uint16_t)(from[1] - zero) : 0;
		to[3] = count > 3 ? (uint16_t)(from[3] - zero) : 0;
	}
}

	/* clang-format moves statements in assembly back and forth. */
	/* clang-format off */
	/* A word of four weights in y becomes two: x and y. m0 and m1 have the inputs of the first four, m2 and m3 those of the second. */
	#define spread \
		"slli %[x], %[y], 8\n" \
		"and %[x], %[x], %[odd]\n" \
		"and %[y], %[y], %[odd]\n"
/* The accumulator of one output: low word y, high word x. The three ways to come to a word of weights: an eight's first and second, a single one. */
#define accumulate(begin, first, second, single) \
	__asm__ volatile( \
		lx6SetLow("%[low]") \
		lx6SetHigh("%[high]") \
		lx6Load("0", "%[input]") \
		lx6Load("1", "%[input]") \
		begin \
		"beqz %[eights], 8f\n" \
		lx6LoopHere("%[eights]") \
		first \
		spread \
		lx6AddCoreLoad(lx6LowLow, "2", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6HighHigh, "3", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6LowLow, "0", "%[input]", "1", "%[y]") \
		lx6AddCoreLoad(lx6HighHigh, "1", "%[input]", "1", "%[y]") \
		second \
		spread \
		"addi %[weight], %[weight], 8\n" \
		lx6CoreAdd(lx6LowLow, "%[x]", "2") \
		lx6CoreAdd(lx6HighHigh, "%[x]", "2") \
		lx6CoreAdd(lx6LowLow, "%[y]", "3") \
		lx6CoreAdd(lx6HighHigh, "%[y]", "3") \
		"7:\n" \
		"8: beqz %[four], 9f\n" \
		single \
		spread \
		lx6AddCoreLoad(lx6LowLow, "2", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6HighHigh, "2", "%[input]", "0", "%[x]") \
		lx6AddCoreLoad(lx6LowLow, "2", "%[input]", "1", "%[y]") \
		lx6AddCoreLoad(lx6HighHigh, "2", "%[input]", "1", "%[y]") \
		"9:\n" \
		lx6GetLow("%[y]") \
		lx6GetHigh("%[x]") \
		: [weight] "+&r"(weight), [input] "+&r"(input), [x] "=&r"(x), [y] "=&r"(y), [even] "=&r"(even), [other] "=&r"(other) \
		: [low] "r"(start), [high] "r"(start >> 31), [eights] "r"(eights), [four] "r"(four), [odd] "r"(0xFF00FF00u) \
		: "memory")
/* Words of weights. */
#define inWords() accumulate("", "l32i %[y], %[weight], 0\n", "l32i %[y], %[weight], 4\n", "l32i %[y], %[weight], 0\n")
/* Weights from beside a word on: the end of a word, and the begin of the next one. */
#define besideWords() accumulate( \
		"ssa8l %[weight]\n" \
		"srli %[weight], %[weight], 2\n" \
		"slli %[weight], %[weight], 2\n" \
		"l32i %[even], %[weight], 0\n", \
		"l32i %[other], %[weight], 4\n" "src %[y], %[other], %[even]\n", \
		"l32i %[even], %[weight], 8\n" "src %[y], %[even], %[other]\n", \
		"l32i %[other], %[weight], 4\n" "src %[y], %[other], %[even]\n")
/* clang-format on */

void lx6ConnectRun(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	const int8_t *from = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	const int32_t fours = (count + 3) / 4, eights = fours / 2, four = fours & 1;
	const bool isAligned = lx6InWords(node->input[1].data, count);
	Lx6Fast fast = { 0, 0, 0, 0 };
	/* The zero point is part of a prepared bias. */
	const int32_t zero = node->channels ? 0 : node->input[0].zeroPoint;
	Lx6Channel shared;
	MicroChannel own;
	MicroLayer layer;
	int32_t c;

	shared.start = lx6Exact;
	if (!node->channels)
		microLayer(node, &layer);
	if ((outputs > 1) && (node->input[1].scaleCount == 1)) {
		/* One scale for all. */
		if (node->channels)
			shared.exact = node->channels[0];
		else
			microFoldChannel(&layer, &shared.exact, 0, true);
		shared.start = lx6Added(&shared, range);
		fast = lx6Fast(&shared, range);
	}
	for (; rows > 0; rows--, from += count) {
		const int8_t *weights = (const int8_t *)node->input[1].data;
		widen((uint16_t *)(uintptr_t)node->scratch, from, count, zero);
		for (c = 0; c < outputs; c++, weights += count) {
			/* Loads add 4 first. */
			const uint32_t *input = (const uint32_t *)(const void *)node->scratch - 1;
			const int8_t *weight = weights;
			const MicroChannel *channel = &own;
			int32_t x, y, even, other, start = 0;
			bool isFast;
			if (node->channels)
				channel = &node->channels[c];
			else
				microFoldChannel(&layer, &own, (uint32_t)c, true);
			isFast = (shared.start != lx6Exact) && lx6IsSmall(channel->bias) &&
				(channel->scale.shift == shared.exact.scale.shift);
			if (isFast)
				start = channel->bias * 256 + shared.start;
			if (isAligned)
				inWords();
			else
				besideWords();
			if (isFast) {
				const int32_t v = lx6Scaled(&fast, x, y);
				if (v & fast.sure) {
					*output++ = (int8_t)microClamp(v >> lx6FractionBits, range->low, range->high);
					continue;
				}
			}
			*output++ = microOutput((uint32_t)((lx6Accumulator((int8_t)x, y) - start) >> 8), channel, range);
		}
	}
}

#endif
