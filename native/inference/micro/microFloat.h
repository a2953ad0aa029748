/*
 * The float32 arithmetic for preparing a layer, in integers: rounded exactly as IEEE 754 does (to nearest,
 * ties to even), a fraction of the size and time of a C library's, and the same on every compiler. Magnitudes only.
 */
#ifndef LOAM_MICRO_FLOAT_H
#define LOAM_MICRO_FLOAT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* mantissa * 2^(exponent - 150), mantissa in [2^23, 2^24) or 0; an exponent of 255 or more is not finite. */
typedef struct {
	uint32_t mantissa;
	int32_t exponent;
} MicroFloat;

MicroFloat microUnpackBits(uint32_t bits);

/* Bits of a float32, for its sign and comparisons: positive floats compare like their bits. */
static inline uint32_t microFloatBits(float value) {
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}
static inline MicroFloat microUnpack(float value) {
	return microUnpackBits(microFloatBits(value));
}
/* An integer as float32. */
MicroFloat microWhole(uint32_t value);
/* The bits of a result with a sign, infinite when its exponent is too large. */
uint32_t microPack(MicroFloat value, bool negative);

/* a * b and a / b as float32; subnormal results are 0. x / 0 is not finite. */
MicroFloat microProduct(MicroFloat a, MicroFloat b);
MicroFloat microQuotient(MicroFloat a, MicroFloat b);

/* roundf: halves away from zero. INT32_MAX on overflow. */
int32_t microRound(MicroFloat value);

/* A step of long division: quotient and remainder of (rest * 2^32 + n) / d, rest < d < 2^24. */
static inline uint32_t microDivideOn(uint32_t n, uint32_t d, uint32_t *rest) {
	/* Four digits of eight bits each: a divide and a remainder are one instruction each on a 32-bit chip. */
	uint32_t quotient = 0, left = *rest, digit;
	for (digit = 0; digit < 4; digit++, n <<= 8) {
		uint32_t part = (left << 8) | (n >> 24);
		quotient = (quotient << 8) | (part / d);
		left = part % d;
	}
	*rest = left;
	return quotient;
}

/* quotient and remainder of n / d, d < 2^24. */
uint64_t microDivide(uint64_t n, uint32_t d, uint32_t *rest);

#endif
