#include "microSmall.h"
#include "microFloat.h"

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

uint64_t microDivide(uint64_t n, uint32_t d, uint32_t *rest) {
	uint32_t high;
	*rest = 0;
	high = microDivideOn((uint32_t)(n >> 32), d, rest);
	return (uint64_t)high << 32 | microDivideOn((uint32_t)n, d, rest);
}

/* Rounds 25 bits and a sticky bit to 24, ties to even. */
static MicroFloat rounded(uint32_t bits25, bool more, int32_t exponent) {
	MicroFloat result;
	result.mantissa = bits25 >> 1;
	if ((bits25 & 1) && (more || (result.mantissa & 1)))
		result.mantissa++;
	result.exponent = exponent;
	if (result.mantissa >> 24) {
		result.mantissa >>= 1;
		result.exponent++;
	}
	if (result.exponent < 1)
		result.mantissa = 0;
	return result;
}

MicroFloat microWhole(uint32_t value) {
	int32_t exponent = 158;
	if (!value)
		exponent = 0;
	for (; value && !(value >> 31); exponent--)
		value <<= 1;
	return rounded(value >> 7, (value & 127) != 0, exponent);
}

uint32_t microPack(MicroFloat value, bool negative) {
	const uint32_t sign = (uint32_t)negative << 31;
	if (value.exponent > 254)
		return sign | 0x7F800000;
	return value.mantissa ? sign | (uint32_t)value.exponent << 23 | (value.mantissa & 0x7FFFFF) : sign;
}

MicroFloat microProduct(MicroFloat a, MicroFloat b) {
	/* Shifted so that its upper half is rounded: 25 bits, or 24 and once more. */
	uint64_t product = (uint64_t)(a.mantissa << 8) * (b.mantissa << 1);
	int32_t exponent = a.exponent + b.exponent - 126;
	if ((a.exponent > 254) || (b.exponent > 254))
		exponent = 256;
	if (!(product >> 56)) {
		product = (uint64_t)(a.mantissa << 8) * (b.mantissa << 2);
		exponent--;
	}
	return rounded((uint32_t)(product >> 32), (uint32_t)product != 0, product ? exponent : 0);
}

MicroFloat microQuotient(MicroFloat a, MicroFloat b) {
	int32_t exponent = a.exponent - b.exponent + 127;
	uint32_t rest, quotient;
	if ((a.exponent > 254) || !b.mantissa) {
		/* Not finite. */
		b.mantissa = 0x800000;
		exponent = 255;
	}
	if (a.mantissa < b.mantissa) {
		a.mantissa <<= 1;
		exponent--;
	}
	rest = a.mantissa >> 8;
	quotient = microDivideOn(a.mantissa << 24, b.mantissa, &rest);
	return rounded(quotient, rest != 0, a.mantissa ? exponent : 0);
}

int32_t microRound(MicroFloat value) {
	const int32_t shift = 150 - value.exponent;
	/* 0 is among the small ones. */
	if (shift > 24)
		return 0;
	if (shift < -7)
		return INT32_MAX;
	if (shift <= 0)
		return (int32_t)(value.mantissa << -shift);
	return (int32_t)(((value.mantissa >> (shift - 1)) + 1) >> 1);
}
