/* SOFTMAX over the last dimension, int8 to int8, or int16 to int16. */
#include "microSmall.h"
#include "microFixed.h"
#include "microSoftmax16.h"

enum { optionBeta = 0 };
#define options microFields(microInt, 0, 0, 0, 0, 0, 0, 0)
enum { differenceBits = 5, sumBits = 12 };

/* A row of this length can not overflow the sum of exponentials. */
#define microMaxSoftmaxRow 4095

/* The factor that converts an input difference to Q5. */
static bool factor(MicroNode *node, MicroScale *scale) {
	const uint32_t beta = (uint32_t)node->option[optionBeta];
	/* Positive, and not so large that a product with a scale is not a float. */
	if ((beta < 0x00800000u) || (beta > 0x70000000u))
		return false;
	microScaleOfParts(microUnpackBits(beta), microUnpack(node->input[0].scale),
		microUnpack(1.0f / (1 << (31 - differenceBits))), scale);
	/* Capped at 2^31 - 1, which is effectively infinite. */
	if (scale->shift > 31) {
		scale->multiplier = INT32_MAX;
		scale->shift = 31;
	}
	return scale->shift > 0;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	MicroScale scale;

	if (microIsInt16(input))
		return microCheckSoftmax16(node, (uint32_t)node->option[optionBeta], need);
	microCheck(microCheckInt8(node, input));
	microCheck(microCheckInt8(node, output));
	if ((microFloatBits(output->scale) != microFloatBits(1.0f / 256)) || (output->zeroPoint != -128))
		return microRefuse(node, output, "must have scale 1/256 and zero point -128");
	microCheck(microCheckElements(node, output, input->elements));
	microCheck(microCheckRank(node, input, 1, inferenceMaxRank));
	microCheck(microExpectOf(node, input, quantityRow, input->dims[input->rank - 1], 1, microMaxSoftmaxRow));
	if (!factor(node, &scale))
		return microRefuse(node, input, "has too small a scale, or beta is not positive");
	need->overlap[0].forward = 0;
	return inferenceOk;
}

static int32_t exponential(int32_t difference, MicroScale scale) {
	return microExp(
		microFixedMultiply((int32_t)((uint32_t)difference << scale.shift), scale.multiplier), differenceBits);
}

static void run(MicroNode *node) {
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	int32_t depth = node->input[0].dims[node->input[0].rank - 1], rows = (int32_t)node->input[0].elements / depth, row,
			c, least;
	MicroScale scale;

	if (microIsInt16(&node->input[0])) {
		microSoftmax16(node, (uint32_t)node->option[optionBeta]);
		return;
	}
	factor(node, &scale);
	least = -microInputRadius(differenceBits, scale.shift);
	for (row = 0; row < rows; row++, input += depth, output += depth) {
		int32_t most = -128, sum = 0, zeros, exponent, reciprocal;

		for (c = 0; c < depth; c++)
			most = input[c] > most ? input[c] : most;
		for (c = 0; c < depth; c++)
			if (input[c] - most >= least)
				sum += microFixedShift(exponential(input[c] - most, scale), sumBits);
		/* sum = 2^(sumBits - zeros) * (1 + fraction). */
		zeros = microLeadingZeros((uint32_t)sum);
		reciprocal = microSaturatingShift(microHalfReciprocal((int32_t)(((uint32_t)sum << zeros) - 0x80000000u)), 1);
		exponent = sumBits - zeros + 31 - 8;
		for (c = 0; c < depth; c++) {
			int32_t value = 0;
			if ((input[c] - most >= least) && (exponent <= 31))
				value = microFixedShift(microFixedMultiply(reciprocal, exponential(input[c] - most, scale)), exponent);
			output[c] = (int8_t)microClamp(value - 128, -128, 127);
		}
	}
}

const MicroKernel microKernelSOFTMAX = { microIdentity(SOFTMAX), 3, 1, 1, options, check, run };
