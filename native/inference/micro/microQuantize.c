#include "microQuantize.h"

#include <math.h>
#include <string.h>

bool microQuantizeScale(double real, MicroScale *scale) {
	/* frexp and round without the C library: real is a positive normal double or 0. */
	uint64_t bits, mantissa;
	int32_t exponent;

	memcpy(&bits, &real, sizeof(bits));
	scale->multiplier = 0;
	scale->shift = 0;
	exponent = (int32_t)(bits >> 52);
	if (exponent == 0)
		return true;
	exponent -= 1022;
	/* 53 bits of mantissa to 31, halves up. */
	mantissa = (((bits & 0xFFFFFFFFFFFFFull) | 0x10000000000000ull) + (1u << 21)) >> 22;
	if (mantissa == 0x80000000u) {
		mantissa >>= 1;
		exponent++;
	}
	if (exponent < -31)
		return true;
	scale->multiplier = (int32_t)mantissa;
	scale->shift = exponent;
	return exponent <= 30;
}

double microProductScale(float input, float weight, float output) {
	return (double)input * (double)weight / (double)output;
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

bool microActivationRange(uint8_t activation, const MicroTensor *output, int32_t *low, int32_t *high) {
	*low = -128;
	*high = 127;
	switch (activation) {
		case microActivationNone: return true;
		case microActivationRelu: return limit(0.0f, output, low);
		case microActivationRelu6: return limit(0.0f, output, low) && limit(6.0f, output, high);
		case microActivationReluN1To1: return limit(-1.0f, output, low) && limit(1.0f, output, high);
		default: return false;
	}
}
