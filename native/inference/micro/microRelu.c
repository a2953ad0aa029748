/* RELU, RELU6 and LEAKY_RELU, int8 or int16. */
#include "microSmall.h"
#include "microMap.h"

enum { optionAlpha = 0 };
#define options microFields(microInt, 0, 0, 0, 0, 0, 0, 0)

typedef struct {
	MicroScale identity, slope;
	int32_t zero, outZero, low, high;
	bool leaky, negative;
} Rectifier;

/* TensorFlow Lite Micro computes these factors in float32. */
static bool ratio(MicroFloat a, float b, MicroScale *scale) {
	return microScaleOfParts(microQuotient(a, microUnpack(b)), microUnpack(1.0f), microUnpack(1.0f), scale);
}

static bool setup(MicroNode *node, Rectifier *rectifier) {
	const MicroTensor *input = &node->input[0], *output = &node->output;

	rectifier->zero = input->zeroPoint;
	rectifier->outZero = output->zeroPoint;
	rectifier->low = microLowest(output);
	rectifier->high = microHighest(output);
	rectifier->leaky = node->code == builtinLEAKY_RELU;
	rectifier->negative = false;
	if (rectifier->leaky) {
		const uint32_t alpha = (uint32_t)node->option[optionAlpha];
		/* The factor's magnitude; a negative alpha negates the result. */
		rectifier->negative = alpha >> 31;
		if (!ratio(microProduct(microUnpack(input->scale), microUnpackBits(alpha)), output->scale, &rectifier->slope))
			return false;
	} else
		rectifier->low = output->zeroPoint;
	return ratio(microUnpack(input->scale), output->scale, &rectifier->identity);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Rectifier rectifier;
	microCheck(microCheckMap(node, need));
	if (!setup(node, &rectifier))
		return microRefuse(node, &node->input[0], "has a scale (times alpha) 2^30 times the output's");
	return inferenceOk;
}

static int32_t value(const void *context, int32_t x) {
	const Rectifier *rectifier = (const Rectifier *)context;
	x -= rectifier->zero;
	if ((x >= 0) || !rectifier->leaky)
		x = microRescale(x, rectifier->identity);
	else
		x = rectifier->negative ? -microRescale(x, rectifier->slope) : microRescale(x, rectifier->slope);
	x = (int32_t)((uint32_t)x + (uint32_t)rectifier->outZero);
	return microClamp(x, rectifier->low, rectifier->high);
}

static void run(MicroNode *node) {
	Rectifier rectifier;
	setup(node, &rectifier);
	microMap(node, value, &rectifier);
}

/* RELU6 does not rescale: input and output have the same scale. */
static void six(const MicroNode *node, Rectifier *rectifier) {
	const MicroTensor *input = &node->input[0];
	const int32_t limit = microRound(microQuotient(microUnpack(6.0f), microUnpack(input->scale))),
				  highest = microHighest(input);
	rectifier->low = input->zeroPoint;
	rectifier->high =
		limit > 2 * highest + 1 ? highest : microClamp(limit + input->zeroPoint, microLowest(input), highest);
}

static int32_t clampSix(const void *context, int32_t x) {
	const Rectifier *rectifier = (const Rectifier *)context;
	return microClamp(x, rectifier->low, rectifier->high);
}

static InferenceStatus checkSix(MicroNode *node, MicroNeed *need) {
	microCheck(microCheckMap(node, need));
	return microCheckSameScale(node, &node->input[0], &node->output);
}

static void runSix(MicroNode *node) {
	Rectifier rectifier;
	six(node, &rectifier);
	microMap(node, clampSix, &rectifier);
}

const MicroKernel microKernelRELU = { microIdentity(RELU), 3, 1, 1, 0, check, run };
const MicroKernel microKernelRELU6 = { microIdentity(RELU6), 3, 1, 1, 0, checkSix, runSix };
const MicroKernel microKernelLEAKY_RELU = { microIdentity(LEAKY_RELU), 2, 1, 1, options, check, run };
