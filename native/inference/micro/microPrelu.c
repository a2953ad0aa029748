/* PRELU, int8, or int16 with slopes of int8: a slope of its own for each negative number, as a rule one per channel. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microQuantize.h"

typedef struct {
	MicroScale identity, slope;
	int32_t zero, alphaZero;
	bool isWide;
	MicroRange range;
} Prelu;

static bool setup(const MicroNode *node, Prelu *prelu) {
	const MicroTensor *input = &node->input[0], *alpha = &node->input[1], *output = &node->output;

	prelu->isWide = microIsInt16(output);
	prelu->zero = input->zeroPoint;
	prelu->alphaZero = alpha->zeroPoint;
	return microActivationRange(microActivationNone, output, &prelu->range) &&
		microScaleOf(input->scale, 1.0f, output->scale, &prelu->identity) &&
		microScaleOf(input->scale, alpha->scale, output->scale, &prelu->slope);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Prelu prelu;

	microCheck(microCheckBroadcast(node, need));
	microCheck(microCheckNumbers(node, &node->output));
	if (!setup(node, &prelu))
		return microRefuse(node, &node->input[0], "has a scale (times alpha's) 2^30 times the output's");
	return inferenceOk;
}

static void line(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Prelu *prelu = (const Prelu *)context;
	for (; count; count--, a += stepA, b += stepB) {
		const int32_t x = microNumberAt(a, prelu->isWide) - prelu->zero;
		to = x < 0 ? microPutScaled(to, prelu->isWide, x * (*b - prelu->alphaZero), prelu->slope, &prelu->range)
				   : microPutScaled(to, prelu->isWide, x, prelu->identity, &prelu->range);
	}
}

static void run(MicroNode *node) {
	Prelu prelu;
	setup(node, &prelu);
	microBroadcast(node, line, &prelu);
}

const MicroKernel microKernelPRELU = { microIdentity(PRELU), 1, 2, 2, 0, check, run };
