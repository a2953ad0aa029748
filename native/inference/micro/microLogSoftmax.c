/* LOG_SOFTMAX over the last dimension, int8: the numbers in Q5, the sum of their exponentials in Q12. */
#include "microSmall.h"
#include "microFixed.h"

enum { differenceBits = 5, sumBits = 12, logBits = 6 };

/* A row of this length can not overflow the sum of exponentials. */
enum { longestRow = 4095 };

/* The factor that brings an input difference to Q5, and the one back. */
static bool setup(const MicroNode *node, MicroScale *scale, MicroScale *back) {
	const float step = 1.0f / (1 << (31 - differenceBits));
	microScaleOf(node->input[0].scale, 1.0f, step, scale);
	return (scale->shift > 1) && (scale->shift <= 30) && microScaleOf(step, 1.0f, node->input[0].scale, back);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	MicroScale scale, back;

	microCheck(microCheckInt8(node, input));
	microCheck(microCheckInt8(node, output));
	if ((microFloatBits(output->scale) != microFloatBits(1.0f / 16)) || (output->zeroPoint != 127))
		return microRefuse(node, output, "must have scale 1/16 and zero point 127");
	microCheck(microCheckElements(node, output, input->elements));
	microCheck(microCheckRank(node, input, 1, inferenceMaxRank));
	microCheck(microExpectOf(node, input, quantityRow, input->dims[input->rank - 1], 1, longestRow));
	if (!setup(node, &scale, &back))
		return microRefuse(node, input, "has a scale of 16 or more, or below 2^-24");
	need->overlap[0].forward = 0;
	return inferenceOk;
}

/*
 * The natural logarithm, in Q5, of x in Q12, 1 and above: x = r * 2^n, with r near sqrt(sqrt(1/2)), of which a quotient of polynomials has the
 * logarithm. The better one of two r is taken, that of x and that of x * sqrt(1/2).
 */
static int32_t logarithm(int32_t x) {
	const int32_t log2 = 1488522236, rootHalf = 1518500250, middle = 1805811301, quarter = 1 << 23;
	const int32_t alphaN = 117049297, alphaD = 127690142, alphaI = 1057819769, alphaF = 638450708;
	const int32_t zeros = microLeadingZeros((uint32_t)x), half = microFixedMultiply(x, rootHalf);
	const int32_t halfZeros = microLeadingZeros((uint32_t)half) - 1;
	const int32_t one = microSaturatingShift(microFixedMultiply(microSaturatingShift(x, zeros - 1), rootHalf), 1);
	const int32_t other = microSaturatingShift(x, halfZeros);
	const int32_t power = (sumBits - zeros) * (1 << (31 - logBits)) + quarter;
	const int32_t otherPower = (sumBits - halfZeros) * (1 << (31 - logBits)) - quarter;
	const int32_t r = one < other ? one : other, n = power > otherPower ? power : otherPower;
	const int32_t p = (int32_t)(((int64_t)r + middle + 1) / 2), q = 2 * (r - middle);
	const int32_t square = microFixedMultiply(q, q);
	const int32_t above = microFixedMultiply(q, r) + microFixedMultiply(microFixedMultiply(q, square), alphaN);
	const int32_t below =
		microFixedMultiply(p, alphaI + q + microFixedMultiply(alphaD, square)) + microFixedMultiply(alphaF, q);
	const int32_t reciprocal = microSaturatingShift(microHalfReciprocal(below), 1);
	return microSaturatingShift(
		microFixedMultiply(n, log2) + microFixedMultiply(microFixedShift(above, logBits), reciprocal), 1);
}

static void run(MicroNode *node) {
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	const int32_t depth = node->input[0].dims[node->input[0].rank - 1];
	int32_t rows = (int32_t)node->input[0].elements / depth, least, c;
	MicroScale scale, back;

	setup(node, &scale, &back);
	least = -microInputRadius(differenceBits, scale.shift);
	for (; rows > 0; rows--, input += depth, output += depth) {
		int32_t most = -128, sum = 0, log, lowest;

		for (c = 0; c < depth; c++)
			most = input[c] > most ? input[c] : most;
		for (c = 0; c < depth; c++)
			if (input[c] - most >= least)
				sum += microFixedShift(microExp(microRescale(input[c] - most, scale), differenceBits), sumBits);
		log = logarithm(sum);
		/* What would leave Q5. */
		lowest = microRescale(INT32_MIN + log, back);
		if (lowest < least - 1)
			lowest = least - 1;
		for (c = 0; c < depth; c++) {
			const int32_t difference = input[c] - most;
			output[c] = difference > lowest
				? (int8_t)microClamp(
					  microFixedShift(microRescale(difference, scale) - log, 31 - differenceBits - 4) + 127, -128, 127)
				: -128;
		}
	}
}

const MicroKernel microKernelLOG_SOFTMAX = { microIdentity(LOG_SOFTMAX), 2, 1, 1, 0, check, run };
