/* SQUARED_DIFFERENCE, int8, with broadcasting. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microQuantize.h"

/* Both inputs on a common scale, twice the larger one, with 7 more bits: a square has 32. */
enum { leftShift = 7 };

typedef struct {
	int32_t zero[2];
	MicroScale factor[2], outFactor;
	MicroRange range;
} Squared;

static bool setup(const MicroNode *node, Squared *squared) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	const MicroFloat scales[2] = { microUnpack(a->scale), microUnpack(b->scale) }, half = microUnpack(0.5f);
	/* Positive floats compare like their bits. */
	const MicroFloat larger = scales[microFloatBits(a->scale) < microFloatBits(b->scale)];

	squared->zero[0] = a->zeroPoint;
	squared->zero[1] = b->zeroPoint;
	return microActivationRange(microActivationNone, output, &squared->range) &&
		microScaleOfParts(scales[0], half, larger, &squared->factor[0]) &&
		microScaleOfParts(scales[1], half, larger, &squared->factor[1]) &&
		microScaleOfParts(larger, microProduct(larger, microUnpack(4.0f / (1 << 2 * leftShift))),
			microUnpack(output->scale), &squared->outFactor);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Squared squared;

	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckBroadcast(node, need));
	microCheck(microCheckInt8(node, &node->output));
	if (!setup(node, &squared))
		return microRefuse(node, &node->output, "scales too far apart");
	return inferenceOk;
}

static void line(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Squared *squared = (const Squared *)context;
	for (; count; count--, a += stepA, b += stepB) {
		const int32_t difference = microRescale((*a - squared->zero[0]) * (1 << leftShift), squared->factor[0]) -
			microRescale((*b - squared->zero[1]) * (1 << leftShift), squared->factor[1]);
		*to++ = microScaled(difference * difference, squared->outFactor, &squared->range);
	}
}

static void run(MicroNode *node) {
	Squared squared;
	setup(node, &squared);
	microBroadcast(node, line, &squared);
}

const MicroKernel microKernelSQUARED_DIFFERENCE = { microIdentity(SQUARED_DIFFERENCE), 2, 2, 2, 0, check, run };
