/* ELU, int8: e^x - 1 below zero. Each value is rounded to float32 wherever TensorFlow Lite Micro rounds it. */
#include "microSmall.h"
#include "microMap.h"

/* A Q64 number as float32, rounded to nearest, ties to even. */
static MicroFloat rounded(uint64_t x) {
	MicroFloat result = { 0, 0 };
	uint32_t rest;

	if (!x)
		return result;
	for (result.exponent = 126; !(x >> 63); x <<= 1)
		result.exponent--;
	/* The bits beyond the 24, and in its last one whether any is set further down. */
	rest = (uint32_t)(x >> 8) | ((uint32_t)x != 0);
	result.mantissa = (uint32_t)(x >> 40);
	if ((rest > 1u << 31) || ((rest == 1u << 31) && (result.mantissa & 1)))
		result.mantissa++;
	if (result.mantissa >> 24) {
		result.mantissa >>= 1;
		result.exponent++;
	}
	return result;
}

/*
 * 1 - e^-x for x >= 0, of e^-x rounded to float32: of x / 2^20 by two terms of the series, then squared twenty times, which together are
 * off by some 2^-41.
 */
static MicroFloat oneMinusExp(MicroFloat x) {
	const MicroFloat one = { 0x800000, 127 };
	/* In Q64, where 1 is 0; below 2^-25, x is nothing to a 1. */
	uint64_t fallen = 0;
	uint32_t k;

	/* From 32 on, e^-x is nothing to it. */
	if (x.exponent > 131)
		return one;
	if (x.exponent > 101)
		fallen = (uint64_t)x.mantissa << (x.exponent - 102) >> 4;
	for (k = 0; k <= 20; k++) {
		const uint32_t high = (uint32_t)(fallen >> 32), low = (uint32_t)fallen;
		/* Its square, up to three units too low. */
		const uint64_t square = (uint64_t)high * high + ((uint64_t)high * low >> 31);
		fallen = 2 * fallen - square;
		if (!k)
			fallen >>= 1;
	}
	x = fallen ? rounded(0 - fallen) : one;
	return x.exponent < 90 ? one : rounded(0 - ((uint64_t)x.mantissa << (x.exponent - 86)));
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckMap(node, need));
	if (microUnpack(node->output.scale).exponent > 252)
		return microRefuse(node, &node->output, "has a scale of 2^126 or more");
	return inferenceOk;
}

static int32_t value(const void *context, int32_t x) {
	const MicroNode *node = (const MicroNode *)context;
	const MicroFloat inverse = microQuotient(microUnpack(1.0f), microUnpack(node->output.scale));
	MicroFloat y;
	int32_t steps;

	x -= node->input[0].zeroPoint;
	/* Its magnitude. */
	y = microProduct(microWhole((uint32_t)(x < 0 ? -x : x)), microUnpack(node->input[0].scale));
	if (x < 0)
		y = oneMinusExp(y);
	steps = microClamp(microRound(microProduct(y, inverse)), 0, 256);
	return microClamp(node->output.zeroPoint + (x < 0 ? -steps : steps), -128, 127);
}

static void run(MicroNode *node) {
	microMap(node, value, node);
}

const MicroKernel microKernelELU = { microIdentity(ELU), 2, 1, 1, 0, check, run };
