#include "microSmall.h"
#include "microQuantize.h"

bool microScaleOf(float a, float b, float c, MicroScale *scale) {
	return microScaleOfParts(microUnpack(a), microUnpack(b), microUnpack(c), scale);
}

/* A value, as bits of a float32 with its sign, quantized with the output's scale and zero point, clamped to its type. */
static bool limit(uint32_t bits, const MicroTensor *output, int32_t *result) {
	int32_t steps = microRound(microQuotient(microUnpackBits(bits), microUnpack(output->scale)));
	if (steps > INT32_MAX - 128)
		return false;
	*result = microClamp(output->zeroPoint + (bits >> 31 ? -steps : steps), microLowest(output), microHighest(output));
	return true;
}

microCold bool microActivationRange(uint8_t activation, const MicroTensor *output, MicroRange *range) {
	const uint32_t one = 0x3F800000, minusOne = 0xBF800000, six = 0x40C00000;
	const bool toOne = activation == microActivationReluN1To1;
	range->zeroPoint = output->zeroPoint;
	range->offset = 2 * output->zeroPoint + 1;
	range->low = microLowest(output);
	range->high = microHighest(output);
	if (activation == microActivationNone)
		return true;
	if ((activation > microActivationRelu6) || !limit(toOne ? minusOne : 0, output, &range->low))
		return false;
	return (activation == microActivationRelu) || limit(toOne ? one : six, output, &range->high);
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
		exact.shift = -scale.shift;
	}
	return microScaled(x, exact, range);
}
