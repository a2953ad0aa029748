/* SQUARED_DIFFERENCE, int8 or int16, with broadcasting, and int32. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microQuantize.h"
#include "microIntegers.h"

/* Both inputs on a common scale, twice the larger one, of int8 with 7 more bits: a square has 32. */
enum { leftShift = 7 };

typedef struct {
	int32_t zero[2];
	bool isWide;
	MicroScale factor[2], outFactor;
	MicroRange range;
} Squared;

static bool setup(const MicroNode *node, Squared *squared) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	const MicroFloat scales[2] = { microUnpack(a->scale), microUnpack(b->scale) }, half = microUnpack(0.5f);
	/* Positive floats compare like their bits. */
	const MicroFloat larger = scales[microFloatBits(a->scale) < microFloatBits(b->scale)];

	squared->isWide = microIsInt16(output);
	squared->zero[0] = a->zeroPoint;
	squared->zero[1] = b->zeroPoint;
	return microActivationRange(microActivationNone, output, &squared->range) &&
		microScaleOfParts(scales[0], half, larger, &squared->factor[0]) &&
		microScaleOfParts(scales[1], half, larger, &squared->factor[1]) &&
		microScaleOfParts(larger,
			microProduct(larger, microUnpack(microIsInt16(output) ? 4.0f : 4.0f / (1 << 2 * leftShift))),
			microUnpack(output->scale), &squared->outFactor);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Squared squared;

	if (node->output.type == inferenceInt32)
		return microCheckIntegers(node, 0);
	microCheck(microCheckBroadcast(node, need));
	microCheck(microCheckNumbers(node, &node->output));
	if (!setup(node, &squared))
		return microRefuse(node, &node->output, "scales too far apart");
	return inferenceOk;
}

static void line(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Squared *squared = (const Squared *)context;
	const int32_t one = squared->isWide ? 1 : 1 << leftShift;
	for (; count; count--, a += stepA, b += stepB) {
		const int32_t x = microNumberAt(a, squared->isWide) - squared->zero[0],
					  y = microNumberAt(b, squared->isWide) - squared->zero[1];
		const int32_t difference =
			microRescale(x * one, squared->factor[0]) - microRescale(y * one, squared->factor[1]);
		to = microPutScaled(to, squared->isWide, difference * difference, squared->outFactor, &squared->range);
	}
}

static void run(MicroNode *node) {
	Squared squared;
	if (node->output.type == inferenceInt32) {
		microRunIntegers(node);
		return;
	}
	setup(node, &squared);
	microBroadcast(node, line, &squared);
}

const MicroKernel microKernelSQUARED_DIFFERENCE = { microIdentity(SQUARED_DIFFERENCE), 2, 2, 2, 0, check, run };
