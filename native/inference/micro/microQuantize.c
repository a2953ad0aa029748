#include "microSmall.h"
#include "microQuantize.h"

bool microScaleOf(float a, float b, float c, MicroScale *scale) {
	return microScaleOfParts(microUnpack(a), microUnpack(b), microUnpack(c), scale);
}

bool microScaleOfParts(MicroFloat x, MicroFloat y, MicroFloat divisor, MicroScale *scale) {
	uint64_t product = (uint64_t)x.mantissa * y.mantissa;
	uint32_t d = divisor.mantissa, rest = (uint32_t)(product >> 24), quotient, drop = 1, more = 0;
	int32_t exponent = x.exponent + y.exponent - divisor.exponent - 126;

	scale->multiplier = 0;
	scale->shift = 0;
	if ((x.exponent > 254) || (y.exponent > 254) || (divisor.exponent > 254) || !d)
		return false;
	if (!product)
		return true;
	if (!(rest >> 23)) {
		product <<= 1;
		rest = (uint32_t)(product >> 24);
		exponent--;
	}
	/* product * 2^8 / d has 32 bits, or 33 and the first of them is 1. */
	if (rest >= d) {
		rest -= d;
		drop = 2;
	}
	quotient = microDivideOn((uint32_t)product << 8, d, &rest);
	/* A double keeps 53 bits: what is within half of its last one of the next integer becomes it. */
	if (rest && (d - rest <= d >> (23 - drop)))
		more = 1;
	more = ((quotient & ((1u << drop) - 1)) + more + (1u << (drop - 1))) >> drop;
	quotient = (quotient >> drop) + ((drop - 1) << 30) + more;
	exponent += (int32_t)drop - 1;
	if (quotient >> 31) {
		quotient >>= 1;
		exponent++;
	}
	if (exponent < -31)
		return true;
	scale->multiplier = (int32_t)quotient;
	scale->shift = exponent;
	return exponent <= 30;
}

/* `value` (a small integer) in the output's steps from its zero point, cut to int8. */
static bool limit(float value, bool negative, const MicroTensor *output, int32_t *result) {
	int32_t steps = microRound(microQuotient(microUnpack(value), microUnpack(output->scale)));
	if (steps > INT32_MAX - 128)
		return false;
	*result = microClamp(output->zeroPoint + (negative ? -steps : steps), -128, 127);
	return true;
}

microCold bool microActivationRange(uint8_t activation, const MicroTensor *output, MicroRange *range) {
	range->zeroPoint = output->zeroPoint;
	range->offset = 2 * output->zeroPoint + 1;
	range->low = -128;
	range->high = 127;
	switch (activation) {
		case microActivationNone: return true;
		case microActivationRelu: return limit(0.0f, false, output, &range->low);
		case microActivationRelu6: return limit(0.0f, false, output, &range->low) && limit(6.0f, false, output, &range->high);
		case microActivationReluN1To1: return limit(1.0f, true, output, &range->low) && limit(1.0f, false, output, &range->high);
		default: return false;
	}
}

int8_t microScaled(int32_t x, MicroScale scale, const MicroRange *range) {
	/* Wraps, as the reference does. */
	x = (int32_t)((uint32_t)microMultiply(x, scale) + (uint32_t)range->zeroPoint);
	return (int8_t)microClamp(x, range->low, range->high);
}
