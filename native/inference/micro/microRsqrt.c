/* RSQRT, int8: one divided by the square root. What is not above zero gives the largest output. */
#include "microSmall.h"
#include "microFixed.h"
#include "microMap.h"

/* Bits that keep a quotient an integer. */
enum { keptBits = 20 };

typedef struct {
	MicroScale scale;
	MicroRange range;
	int32_t zero;
} Rsqrt;

/* The square root as float32, rounded to nearest; halves do not occur. */
static MicroFloat root(MicroFloat x) {
	/* mantissa * 2^(exponent - 150), with an even exponent and 24 bits more, has a root of 24 bits and one to round by. */
	const int32_t odd = (x.exponent - 150) & 1, power = (x.exponent - 150 - odd) / 2 - 12;
	uint64_t rest = (uint64_t)x.mantissa << (24 + odd), result = 0, bit = (uint64_t)1 << 48;
	MicroFloat rounded;

	for (; bit; bit >>= 2) {
		if (rest >= result + bit) {
			rest -= result + bit;
			result = (result >> 1) + bit;
		} else {
			result >>= 1;
		}
	}
	rounded.mantissa = (uint32_t)result;
	rounded.exponent = power + 150;
	/* 24 bits or 25. */
	if (result >> 24) {
		rounded.mantissa = (uint32_t)((result + 1) >> 1);
		rounded.exponent++;
	} else if (rest > result) {
		rounded.mantissa++;
	}
	return rounded;
}

static bool setup(const MicroNode *node, Rsqrt *rsqrt) {
	const MicroFloat one = microUnpack(1.0f);

	rsqrt->zero = node->input[0].zeroPoint;
	return microActivationRange(microActivationNone, &node->output, &rsqrt->range) &&
		microScaleOfParts(one, one,
			microProduct(root(microUnpack(node->input[0].scale)), microUnpack(node->output.scale)), &rsqrt->scale) &&
		(rsqrt->scale.shift <= keptBits) && (rsqrt->scale.shift >= keptBits - 31);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Rsqrt rsqrt;

	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckMap(node, need));
	if (!setup(node, &rsqrt))
		return microRefuse(node, &node->output, "has a scale too far from 1 / sqrt(that of the input)");
	return inferenceOk;
}

/* 1 / sqrt(x) for x from 2 to 255: five steps of Newton's from 1, in Q3. */
static MicroScale inverseRoot(int32_t x) {
	const int32_t pairs = (microLeadingZeros((uint32_t)x) - 1) / 2 - 1, number = x << 2 * pairs >> 1;
	const int32_t half = microFixedShift(number, 1), threeHalves = 3 << 27, rootHalf = 1518500250;
	int32_t y = 1 << 28, i;
	MicroScale result;

	for (i = 0; i < 5; i++) {
		const int32_t cube = microSaturatingShift(microFixedMultiply(microFixedMultiply(y, y), y), 6);
		y = microSaturatingShift(microFixedMultiply(threeHalves, y) - microFixedMultiply(half, cube), 3);
	}
	y = microFixedMultiply(y, rootHalf);
	result.shift = pairs - 11;
	result.multiplier = y;
	if (result.shift > 0) {
		result.multiplier = (int32_t)((uint32_t)y << result.shift);
		result.shift = 0;
	}
	return result;
}

static int32_t value(const void *context, int32_t x) {
	const Rsqrt *rsqrt = (const Rsqrt *)context;
	MicroScale inverse = { INT32_MAX, 0 }, kept = rsqrt->scale;

	x -= rsqrt->zero;
	if (x <= 0)
		return 127;
	if (x > 1)
		inverse = inverseRoot(x);
	inverse.shift += keptBits;
	kept.shift -= keptBits;
	return microClamp(microRescale(microRescale(1, inverse), kept) + rsqrt->range.zeroPoint, -128, 127);
}

static void run(MicroNode *node) {
	Rsqrt rsqrt;
	setup(node, &rsqrt);
	microMap(node, value, &rsqrt);
}

const MicroKernel microKernelRSQRT = { microIdentity(RSQRT), 2, 1, 1, 0, check, run };
