#include "microSmall.h"
#include "microFixed.h"

microCold int32_t microFixedMultiply(int32_t a, int32_t b) {
	return microHighMultiply(a, b);
}

int32_t microFixedShift(int32_t x, int32_t shift) {
	return microRoundingShift(x, shift);
}

int32_t microSaturatingShift(int32_t x, int32_t bits) {
	int32_t limit = (int32_t)((1u << (31 - bits)) - 1);
	if (x > limit)
		return INT32_MAX;
	if (x < -limit)
		return INT32_MIN;
	return (int32_t)((uint32_t)x << bits);
}

int32_t microLeadingZeros(uint32_t x) {
	int32_t count = 0;
	for (; !(x & 0x80000000u); x <<= 1)
		count++;
	return count;
}

int32_t microExp(int32_t x, int32_t integerBits) {
	/* e^-(2^k) in Q0 for k = -2 .. 4. */
	static const int32_t powers[] = { 1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242 };
	const int32_t atMinusEighth = 1895147668, third = 715827883;
	int32_t quarterBit = 31 - integerBits - 2, quarter = 1 << quarterBit, part, rest, x2, x3, x4, result, k;

	if (x == 0)
		return INT32_MAX;
	/* x = part - rest, part in [-1/4, 0), rest a sum of powers of two. */
	part = (x & (quarter - 1)) - quarter;
	rest = (int32_t)((uint32_t)part - (uint32_t)x);
	/* Taylor about -1/8: 1 + y + y^2/2 + y^3/6 + y^4/24, y = part + 1/8. */
	part = (int32_t)((uint32_t)part << integerBits) + (1 << 28);
	x2 = microFixedMultiply(part, part);
	x3 = microFixedMultiply(x2, part);
	x4 = microFixedMultiply(x2, x2);
	/* Not below 0, where rounding is simple: y^2 is far above the other terms. */
	result = (microFixedMultiply(((x4 + 2) >> 2) + x3, third) + x2 + 1) >> 1;
	result = atMinusEighth + microFixedMultiply(atMinusEighth, part + result);
	for (k = 0; k < integerBits + 2; k++)
		if (rest & (1 << (quarterBit + k)))
			result = microHighMultiply(result, powers[k]);
	return result;
}

int32_t microHalfReciprocal(int32_t x) {
	/* The mean of x and 1; Newton's start 48/17 - 32/17 d in Q2. */
	int32_t d = (x >> 1) + (1 << 30);
	int32_t r = 1515870810 + microFixedMultiply(d, -1010580540), i;
	for (i = 0; i < 3; i++)
		r += microSaturatingShift(microFixedMultiply(r, (1 << 29) - microFixedMultiply(d, r)), 2);
	return r;
}

int32_t microInputRadius(int32_t integerBits, int32_t leftShift) {
	/* The largest number without a fraction, 2^integerBits - 1. */
	return (int32_t)((0x80000000u - (1u << (31 - integerBits))) >> leftShift);
}
