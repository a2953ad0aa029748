/* ADD, SUB and MUL, int8, with broadcasting. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microQuantize.h"

enum { optionActivation = 0 };
#define options microFields(microByte, 0, 0, 0, 0, 0, 0, 0)
enum { leftShift = 20 };

typedef struct {
	int32_t zero[2], sign;
	MicroFastScale scale[2], outScale; /* scale[i].shift is negative where the factor is exactly 1/2 */
	MicroRange range;
} Binary;

microInline int8_t output(const Binary *binary, int32_t x) {
	if (binary->outScale.shift < 0)
		return microSlowOutput(x, binary->outScale, &binary->range);
	return (int8_t)microClamp(
		microFastMultiply(x, binary->outScale, binary->range.offset), binary->range.low, binary->range.high);
}

/* An input on the common scale, twice the larger one, with 20 more bits. */
microInline int32_t common(const Binary *binary, int i, int32_t x) {
	x -= binary->zero[i];
	return binary->scale[i].shift < 0 ? x * (1 << (leftShift - 1))
									  : microFastMultiply(x * (1 << leftShift), binary->scale[i], 1);
}

static void sums(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Binary *binary = (const Binary *)context;
	for (; count; count--, a += stepA, b += stepB)
		*to++ = output(binary, common(binary, 0, *a) + binary->sign * common(binary, 1, *b));
}

static void products(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Binary *binary = (const Binary *)context;
	for (; count; count--, a += stepA, b += stepB)
		*to++ = output(binary, (*a - binary->zero[0]) * (*b - binary->zero[1]));
}

static microCold bool setup(const MicroNode *node, Binary *binary) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	const MicroFloat one = microUnpack(1.0f), half = microUnpack(0.5f), steps = microUnpack(2.0f / (1 << leftShift)),
					 scales[2] = { microUnpack(a->scale), microUnpack(b->scale) };
	/* Half of the inputs' common scale; positive floats compare like their bits. */
	const MicroFloat larger = scales[microFloatBits(a->scale) < microFloatBits(b->scale)],
					 outScaleOwn = microUnpack(output->scale);
	MicroScale scale;
	bool fine;
	int i;

	binary->zero[0] = a->zeroPoint;
	binary->zero[1] = b->zeroPoint;
	binary->sign = node->code == builtinSUB ? -1 : 1;
	if (!microActivationRange((uint8_t)node->option[optionActivation], output, &binary->range))
		return false;
	if (node->code == builtinMUL) {
		if (!microScaleOf(a->scale, b->scale, output->scale, &scale))
			return false;
		binary->outScale = microFastScale(scale, false);
		return true;
	}
	for (i = 0; i < 2; i++) {
		if (node->code == builtinADD)
			fine = microScaleOfParts(scales[i], half, larger, &scale);
		else
			/* SUB computes these factors in float32, where doubling is exact. */
			fine = microScaleOfParts(microQuotient(scales[i], larger), half, one, &scale);
		/* At most 1/2 by construction, which is multiplier 2^30, shift 0. */
		if (!fine || (scale.shift > 0) || ((scale.shift == 0) && (scale.multiplier != 1 << 30)))
			return false;
		binary->scale[i] = microFastScale(scale, false);
	}
	if (node->code == builtinADD)
		fine = microScaleOfParts(larger, steps, outScaleOwn, &scale);
	else
		fine = microScaleOfParts(microQuotient(larger, outScaleOwn), steps, one, &scale);
	binary->outScale = microFastScale(scale, false);
	return fine && (scale.shift <= 0);
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Binary binary;
	microCheck(microCheckBroadcast(node, need));
	if (!setup(node, &binary))
		return microRefuse(node, &node->output, "scales too far apart, or a fused activation that is not understood");
	return inferenceOk;
}

static void run(MicroNode *node) {
	Binary binary;
	setup(node, &binary);
	microBroadcast(node, node->code == builtinMUL ? products : sums, &binary);
}

const MicroKernel microKernelADD = { microIdentity(ADD), 4, 2, 2, options, check, run };
const MicroKernel microKernelSUB = { microIdentity(SUB), 5, 2, 2, options, check, run };
const MicroKernel microKernelMUL = { microIdentity(MUL), 7, 2, 2, options, check, run };
