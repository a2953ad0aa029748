#include "microSmall.h"
#include "microQuantize.h"

bool microScaleOf(float a, float b, float c, MicroScale *scale) {
	return microScaleOfParts(microUnpack(a), microUnpack(b), microUnpack(c), scale);
}

/* `value` (a small integer) quantized with the output's scale and zero point, clamped to its type. */
static bool limit(float value, bool negative, const MicroTensor *output, int32_t *result) {
	int32_t steps = microRound(microQuotient(microUnpack(value), microUnpack(output->scale)));
	if (steps > INT32_MAX - 128)
		return false;
	*result = microClamp(output->zeroPoint + (negative ? -steps : steps), microLowest(output), microHighest(output));
	return true;
}

microCold bool microActivationRange(uint8_t activation, const MicroTensor *output, MicroRange *range) {
	range->zeroPoint = output->zeroPoint;
	range->offset = 2 * output->zeroPoint + 1;
	range->low = microLowest(output);
	range->high = microHighest(output);
	switch (activation) {
	case microActivationNone:
		return true;
	case microActivationRelu:
		return limit(0.0f, false, output, &range->low);
	case microActivationRelu6:
		return limit(0.0f, false, output, &range->low) && limit(6.0f, false, output, &range->high);
	case microActivationReluN1To1:
		return limit(1.0f, true, output, &range->low) && limit(1.0f, false, output, &range->high);
	default:
		return false;
	}
}

int32_t microRescale(int32_t x, MicroScale scale) {
	return microMultiply(x, scale);
}

int8_t microScaled(int32_t x, MicroScale scale, const MicroRange *range) {
	return microScaledHere(x, scale, range);
}

int8_t microExactOutput(int32_t x, MicroFastScale scale, const MicroRange *range) {
	MicroScale exact = { (int32_t)scale.doubled, scale.shift + 64 };
	if (scale.shift >= 0) {
		exact.multiplier = (int32_t)(scale.doubled >> 1);
		exact.shift = -1 - scale.shift;
	}
	return microScaled(x, exact, range);
}
