/* Separate from microQuantize.c, which most operators need: this is for factors with a quotient of scales. */
#include "microSmall.h"
#include "microQuantize.h"

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
	/* A double has 53 bits: a value within half of its last bit of the next integer rounds to it. */
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
