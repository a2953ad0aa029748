/* HARD_SWISH, int8: x * relu6(x + 3) / 6 in 16-bit fixed point. */
#include "microSmall.h"
#include "microMap.h"

typedef struct {
	int32_t zero, outZero;
	int32_t outMultiplier, outShift;   /* Q15, and a right shift */
	int32_t gateMultiplier, gateShift; /* Q15, left shift when positive */
} HardSwish;

static int32_t saturate16(int32_t x) {
	return microClamp(x, -32768, 32767);
}

/* floor((a * b + 2^14) / 2^15), saturated. */
static int32_t highMultiply16(int32_t a, int32_t b) {
	return saturate16((a * b + (1 << 14)) >> 15);
}

/* A Q31 multiplier rounded to Q15, 1 - 2^-15 at most. */
static int32_t halve(int32_t multiplier) {
	return multiplier >= INT32_MAX - (1 << 15) ? 32767 : (multiplier + (1 << 15)) >> 16;
}

static bool setup(const MicroNode *node, HardSwish *swish) {
	/* float32 throughout, as in TensorFlow Lite Micro. The input gets 7 more bits. */
	const MicroFloat one = microUnpack(1.0f),
					 fine = microProduct(microUnpack(node->input[0].scale), microUnpack(1.0f / 128));
	MicroScale scale;

	swish->zero = node->input[0].zeroPoint;
	swish->outZero = node->output.zeroPoint;
	if (!microScaleOfParts(microQuotient(fine, microUnpack(node->output.scale)), one, one, &scale) || (scale.shift > 0))
		return false;
	swish->outMultiplier = halve(scale.multiplier);
	swish->outShift = -scale.shift;
	if (!microScaleOfParts(microQuotient(fine, microUnpack(3.0f / 32768)), one, one, &scale))
		return false;
	swish->gateMultiplier = halve(scale.multiplier);
	swish->gateShift = scale.shift;
	return true;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	HardSwish swish;
	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckMap(node, need));
	if (!setup(node, &swish))
		return microRefuse(node, &node->input[0], "has a scale more than 128 times the output's");
	return inferenceOk;
}

static int32_t shiftLeft16(int32_t x, int32_t bits) {
	int64_t shifted = (int64_t)x * ((int64_t)1 << bits);
	return shifted > 32767 ? 32767 : shifted < -32768 ? -32768 : (int32_t)shifted;
}

/* In 16 bits, as the reference has it: from 16 on its mask of what is shifted out is negative, and 1 is added to what is not below 0. */
static int32_t shiftRight16(int32_t x, int32_t bits) {
	if (bits > 15)
		return x < 0 ? -1 : 1;
	return microRoundingShift(x, bits);
}

static int32_t value(const void *context, int32_t x) {
	const HardSwish *swish = (const HardSwish *)context;
	int32_t fine = (x - swish->zero) * 128, scaled = highMultiply16(fine, swish->outMultiplier), gate = fine;

	/* The gate: x on a scale where 32768 is 3, saturating only in the last doubling. */
	if (swish->gateShift > 0)
		gate = shiftLeft16(gate, swish->gateShift - 1);
	gate = highMultiply16(gate, swish->gateMultiplier);
	if (swish->gateShift > 0)
		gate = shiftLeft16(gate, 1);
	else
		gate = shiftRight16(gate, -swish->gateShift);
	/* From [-1, 1] to [0, 1]. */
	gate = (gate + (1 << 15)) >> 1;
	/* This product rounds towards zero. */
	scaled = shiftRight16(gate * scaled / (1 << 15), swish->outShift);
	return microClamp(scaled + swish->outZero, -128, 127);
}

static void run(MicroNode *node) {
	HardSwish swish;
	setup(node, &swish);
	microMap(node, value, &swish);
}

const MicroKernel microKernelHARD_SWISH = { microIdentity(HARD_SWISH), 1, 1, 1, 0, check, run };
