#include "microQuantize.h"

#include <math.h>
#include <string.h>

MicroFloat microUnpackBits(uint32_t bits) {
	MicroFloat result;
	result.mantissa = bits & 0x7FFFFF;
	result.exponent = (int32_t)((bits >> 23) & 0xFF);
	if (result.exponent)
		result.mantissa |= 0x800000;
	else if (result.mantissa)
		for (result.exponent = 1; !(result.mantissa & 0x800000); result.exponent--)
			result.mantissa <<= 1;
	return result;
}

MicroFloat microUnpack(float value) {
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return microUnpackBits(bits);
}

bool microScaleOf(float a, float b, float c, MicroScale *scale) {
	return microScaleOfParts(microUnpack(a), microUnpack(b), microUnpack(c), scale);
}

bool microScaleOfParts(MicroFloat x, MicroFloat y, MicroFloat divisor, MicroScale *scale) {
	uint64_t product = (uint64_t)x.mantissa * y.mantissa, quotient;
	uint32_t d = divisor.mantissa, rest, low, more;
	int32_t exponent = x.exponent + y.exponent - divisor.exponent - 150, digit, drop;

	scale->multiplier = 0;
	scale->shift = 0;
	if ((x.exponent == 255) || (y.exponent == 255) || (divisor.exponent == 255) || !d)
		return false;
	if (!product)
		return true;
	if (!(product >> 47)) {
		product <<= 1;
		exponent--;
	}
	/* quotient = floor(product * 2^8 / d), 32 or 33 bits: long division, eight bits at a time, d having 24. */
	more = (uint32_t)(product >> 24);
	low = (uint32_t)product << 8;
	quotient = more / d;
	rest = more % d;
	for (digit = 0; digit < 4; digit++, low <<= 8) {
		more = (rest << 8) | (low >> 24);
		quotient = (quotient << 8) | (more / d);
		rest = more % d;
	}
	/* A double keeps 53 bits: what is within half of its last one of the next integer becomes it. */
	drop = quotient >> 32 ? 2 : 1;
	if (rest && (d - rest <= d >> (23 - drop)))
		quotient++;
	quotient = (quotient + (1u << (drop - 1))) >> drop;
	exponent += 23 + drop;
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

static bool limit(float value, const MicroTensor *output, int32_t *result) {
	float scaled = roundf(value / output->scale);
	if (!((scaled >= -2147483648.0f) && (scaled < 2147483648.0f)))
		return false;
	/* In 64 bits: the zero point may carry it past the type, which the clamp below cuts off anyway. */
	{
		int64_t quantized = (int64_t)scaled + output->zeroPoint;
		*result = quantized < -128 ? -128 : quantized > 127 ? 127 : (int32_t)quantized;
	}
	return true;
}

bool microActivationRange(uint8_t activation, const MicroTensor *output, MicroRange *range) {
	range->zeroPoint = output->zeroPoint;
	range->offset = 2 * output->zeroPoint + 1;
	range->low = -128;
	range->high = 127;
	switch (activation) {
		case microActivationNone: return true;
		case microActivationRelu: return limit(0.0f, output, &range->low);
		case microActivationRelu6: return limit(0.0f, output, &range->low) && limit(6.0f, output, &range->high);
		case microActivationReluN1To1: return limit(-1.0f, output, &range->low) && limit(1.0f, output, &range->high);
		default: return false;
	}
}

int8_t microScaled(int32_t x, MicroScale scale, const MicroRange *range) {
	/* Wraps, as the reference does. */
	x = (int32_t)((uint32_t)microMultiply(x, scale) + (uint32_t)range->zeroPoint);
	return (int8_t)microClamp(x, range->low, range->high);
}

int8_t microSlowOutput(int32_t x, MicroFastScale scale, const MicroRange *range) {
	MicroScale slow = { (int32_t)scale.doubled, scale.shift + 64 };
	return microScaled(x, slow, range);
}
