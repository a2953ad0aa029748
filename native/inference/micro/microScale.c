/* Separate from microQuantize.c, which most operators need: this is for factors with a quotient of scales. */
#include "microSmall.h"
#include "microQuantize.h"

static uint32_t highProduct(uint32_t a, uint32_t b) {
	return (uint32_t)((uint64_t)a * b >> 32);
}

bool microScaleOfParts(MicroFloat x, MicroFloat y, MicroFloat divisor, MicroScale *scale) {
	const uint32_t d = divisor.mantissa, left = x.mantissa << 7;
	uint32_t right = y.mantissa, rest, quotient;
	int32_t exponent = x.exponent + y.exponent - divisor.exponent - 125;

	scale->multiplier = 0;
	scale->shift = 0;
	if ((x.exponent > 254) || (y.exponent > 254) || (divisor.exponent > 254) || !d)
		return false;
	if (!left || !right)
		return true;
	/* So far that the quotient has 32 bits. */
	for (; highProduct(left, 2 * right) < d; exponent--)
		right *= 2;
	rest = highProduct(left, right);
	quotient = microDivideOn(left * right, d, &rest);
	/* A double has 53 bits: a value within half of its last bit of the next integer rounds to it. */
	quotient = (quotient >> 1) + ((quotient & 1) | (d - rest <= d >> 22));
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
