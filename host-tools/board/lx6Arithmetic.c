/*
 * What Debian's libgcc for LX106 leaves to the ESP8266's ROM. Compilers for the ESP32 use its instructions instead, for
 * multiplication to 64 bits and of floats, too, which the emulated core lacks: counts of code that needs those are too high.
 */
#include <stdbool.h>
#include <stdint.h>

/* a2 / a3 or a2 % a3 into a2, by one instruction. A prototype ends it, for the semicolon. */
#define division(name, type, byte) \
	type name(type dividend, type divisor); \
	type name(type dividend, type divisor) { \
		register type a2 __asm__("a2") = dividend; \
		register type a3 __asm__("a3") = divisor; \
		__asm__(".byte 0x30, 0x22, " byte : "+r"(a2) : "r"(a3)); \
		return a2; \
	} \
	type name(type dividend, type divisor)

division(__udivsi3, uint32_t, "0xC2"); /* quou */
division(__divsi3, int32_t, "0xD2");   /* quos */
division(__umodsi3, uint32_t, "0xE2"); /* remu */
division(__modsi3, int32_t, "0xF2");   /* rems */

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *rest);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *rest);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divdi3(int64_t dividend, int64_t divisor);

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor) {
	return __udivmoddi4(dividend, divisor, 0);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor) {
	uint64_t rest;
	__udivmoddi4(dividend, divisor, &rest);
	return rest;
}

int64_t __divdi3(int64_t dividend, int64_t divisor) {
	int64_t rest;
	return __divmoddi4(dividend, divisor, &rest);
}

/* Of 16 by 16 bits. */
uint64_t __umulsidi3(uint32_t x, uint32_t y);
uint64_t __umulsidi3(uint32_t x, uint32_t y) {
	const uint32_t x0 = (uint16_t)x, x1 = x >> 16, y0 = (uint16_t)y, y1 = y >> 16;
	const uint32_t low = x0 * y0, middle = x1 * y0 + (low >> 16), other = x0 * y1 + (uint16_t)middle;
	return ((uint64_t)(x1 * y1 + (middle >> 16) + (other >> 16)) << 32) | (other << 16) | (uint16_t)low;
}

uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __muldi3(uint64_t a, uint64_t b) {
	const uint32_t high = (uint32_t)a * (uint32_t)(b >> 32) + (uint32_t)(a >> 32) * (uint32_t)b;
	return __umulsidi3((uint32_t)a, (uint32_t)b) + ((uint64_t)high << 32);
}

/* The float of mantissa * 2^exponent, to nearest, ties to even. */
static uint32_t rounded(uint32_t sign, uint64_t mantissa, int32_t exponent) {
	int32_t drop = 0, least;
	uint64_t rest, half;
	if (!mantissa)
		return sign;
	while (mantissa >> drop >> 24)
		drop++;
	/* Below 2^-149 there is no bit. */
	least = -149 - exponent;
	if (drop < least)
		drop = least > 63 ? 63 : least;
	rest = mantissa & (((uint64_t)1 << drop) - 1);
	half = drop ? (uint64_t)1 << (drop - 1) : 0;
	mantissa >>= drop;
	exponent += drop;
	if (drop && ((rest > half) || ((rest == half) && (mantissa & 1))))
		mantissa++;
	for (; !(mantissa >> 23) && (exponent > -149); exponent--)
		mantissa <<= 1;
	if (mantissa >> 24) {
		mantissa >>= 1;
		exponent++;
	}
	if (exponent > 104)
		return sign | 0x7F800000u;
	return sign |
		(mantissa >> 23 ? ((uint32_t)(exponent + 150) << 23) | ((uint32_t)mantissa & 0x7FFFFFu) : (uint32_t)mantissa);
}

typedef union {
	float value;
	uint32_t bits;
} Float;

float __floatsisf(int32_t x);
float __floatsisf(int32_t x) {
	Float result;
	result.bits = rounded((uint32_t)x & 0x80000000u, x < 0 ? 0u - (uint32_t)x : (uint32_t)x, 0);
	return result.value;
}

static uint32_t mantissaOf(uint32_t bits) {
	return (bits & 0x7FFFFFu) | ((bits >> 23 & 255) ? 0x800000u : 0);
}

static int32_t exponentOf(uint32_t bits) {
	const int32_t exponent = (int32_t)(bits >> 23 & 255);
	return (exponent ? exponent : 1) - 150;
}

float __mulsf3(float a, float b);
float __mulsf3(float a, float b) {
	const Float x = { a }, y = { b };
	const uint32_t sign = (x.bits ^ y.bits) & 0x80000000u, most = 0x7F800000u;
	const uint32_t left = x.bits & 0x7FFFFFFFu, right = y.bits & 0x7FFFFFFFu;
	Float result;
	if ((left > most) || (right > most) || ((left == most) && !right) || (!left && (right == most)))
		result.bits = 0x7FC00000u;
	else if ((left == most) || (right == most))
		result.bits = sign | most;
	else
		result.bits =
			rounded(sign, (uint64_t)mantissaOf(x.bits) * mantissaOf(y.bits), exponentOf(x.bits) + exponentOf(y.bits));
	return result.value;
}

float __addsf3(float a, float b);
float __addsf3(float a, float b) {
	const Float x = { a }, y = { b };
	const uint32_t most = 0x7F800000u, left = x.bits & 0x7FFFFFFFu, right = y.bits & 0x7FFFFFFFu;
	const Float larger = left < right ? y : x, smaller = left < right ? x : y;
	const int32_t apart = exponentOf(larger.bits) - exponentOf(smaller.bits), shift = apart < 38 ? apart : 38;
	/* Beyond 38 bits it only decides ties. */
	const int64_t low = apart > shift ? mantissaOf(smaller.bits) != 0 : (int64_t)mantissaOf(smaller.bits);
	const int64_t high = (int64_t)((uint64_t)mantissaOf(larger.bits) << shift);
	const bool isDifference = (x.bits ^ y.bits) >> 31;
	const int64_t sum = isDifference ? high - low : high + low;
	Float result;
	if ((left > most) || (right > most) || ((left == most) && (right == most) && isDifference))
		result.bits = 0x7FC00000u;
	else if ((left == most) || (right == most))
		result = larger;
	else
		result.bits = rounded(
			!sum && isDifference ? 0 : larger.bits & 0x80000000u, (uint64_t)sum, exponentOf(larger.bits) - shift);
	return result.value;
}

float __subsf3(float a, float b);
float __subsf3(float a, float b) {
	Float negative = { b };
	negative.bits ^= 0x80000000u;
	return __addsf3(a, negative.value);
}
