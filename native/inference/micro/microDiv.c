/* DIV, int8, with broadcasting, and int32. What is divided by zero gives the limit on its side of zero. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microFixed.h"
#include "microIntegers.h"

enum { optionActivation };
#define options microFields(microByte, 0, 0, 0, 0, 0, 0, 0)

typedef struct {
	int32_t zero[2];
	MicroScale scale;
	MicroRange range;
} Quotient;

static bool setup(const MicroNode *node, Quotient *quotient) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	const MicroFloat one = microUnpack(1.0f);

	quotient->zero[0] = a->zeroPoint;
	quotient->zero[1] = b->zeroPoint;
	/* The ratio in float32, as TensorFlow Lite Micro computes it. A quotient has 23 bits and more to be shifted out. */
	return microActivationRange((uint8_t)node->option[optionActivation], output, &quotient->range) &&
		microScaleOfParts(
			microQuotient(microUnpack(a->scale), microProduct(microUnpack(b->scale), microUnpack(output->scale))), one,
			one, &quotient->scale) &&
		(quotient->scale.shift <= 23);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Quotient quotient;

	if (node->output.type == inferenceInt32)
		return microCheckIntegers(node, node->option[optionActivation]);
	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckBroadcast(node, need));
	microCheck(microCheckInt8(node, &node->output));
	if (!setup(node, &quotient))
		return microRefuse(node, &node->output, "scales too far apart, or a fused activation that is not understood");
	return inferenceOk;
}

static int32_t divided(const Quotient *quotient, int32_t x, int32_t y) {
	/* y * 2^zeros, without its first bit, is 1 / reciprocal - 1. */
	const int32_t zeros = microLeadingZeros((uint32_t)y), magnitude = x < 0 ? -x - 1 : x;
	const int32_t headroom = magnitude ? microLeadingZeros((uint32_t)magnitude) - 1 : 31;
	const int32_t reciprocal =
		microSaturatingShift(microHalfReciprocal((int32_t)(((uint32_t)y << zeros) - 0x80000000u)), 1);
	const int32_t unscaled = microFixedMultiply((int32_t)((uint32_t)x << headroom), reciprocal);
	const int32_t right = 31 - zeros + headroom - quotient->scale.shift;
	return right > 31 ? 0 : microFixedShift(microFixedMultiply(unscaled, quotient->scale.multiplier), right);
}

static void line(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Quotient *quotient = (const Quotient *)context;
	const MicroRange *range = &quotient->range;
	for (; count; count--, a += stepA, b += stepB) {
		int32_t x = *a - quotient->zero[0], y = *b - quotient->zero[1], value;
		if (y < 0) {
			x = -x;
			y = -y;
		}
		if (y)
			value = divided(quotient, x, y);
		else
			value = x < 0 ? -255 : x > 0 ? 255 : 0;
		*to++ = (int8_t)microClamp(value + range->zeroPoint, range->low, range->high);
	}
}

static void run(MicroNode *node) {
	Quotient quotient;
	if (node->output.type == inferenceInt32) {
		microRunIntegers(node);
		return;
	}
	setup(node, &quotient);
	microBroadcast(node, line, &quotient);
}

const MicroKernel microKernelDIV = { microIdentity(DIV), 2, 2, 2, options, check, run };
