/*
 * The engine's integer arithmetic against the definitions it stands for, written here in double, float and 64 bits: TensorFlow
 * Lite's QuantizeMultiplier and MultiplyByQuantizedMultiplier (two roundings), and IEEE 754 float32. Prints how many agreed; the
 * first that does not is printed and ends the program with 1.
 */
#include "micro/microQuantize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t draw(void) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A positive float32 of any mantissa and an exponent from low to high; one in four has a mantissa of few bits, where ties occur. */
static float drawFloat(int low, int high) {
	uint32_t mantissa = (uint32_t)draw() & 0x7FFFFF, bits;
	float value;
	if ((draw() & 3) == 0)
		mantissa &= 0x7F0000;
	bits = ((uint32_t)(127 + low + (int)(draw() % (uint64_t)(high - low + 1))) << 23) | mantissa;
	memcpy(&value, &bits, sizeof value);
	return value;
}

static void expect(int same, const char *what, double a, double b, double c, double got, double wanted) {
	if (same)
		return;
	printf("%s(%.17g, %.17g, %.17g) is %.17g, %.17g expected\n", what, a, b, c, got, wanted);
	exit(1);
}

static void checkScale(void) {
	const float a = drawFloat(-20, 4), b = drawFloat(-20, 4), c = drawFloat(-20, 4);
	int exponent;
	const double real = (double)a * (double)b / (double)c;
	int64_t multiplier = (int64_t)round(frexp(real, &exponent) * 2147483648.0);
	MicroScale scale;
	int fits;

	if (multiplier == 2147483648) {
		multiplier /= 2;
		exponent++;
	}
	if (exponent < -31) {
		multiplier = 0;
		exponent = 0;
	}
	fits = microScaleOf(a, b, c, &scale);
	expect(fits == (exponent <= 30), "fits", a, b, c, fits, exponent <= 30);
	expect(scale.multiplier == multiplier, "multiplier", a, b, c, scale.multiplier, (double)multiplier);
	expect(scale.shift == exponent, "shift", a, b, c, scale.shift, exponent);
}

/* gemmlowp's two roundings, in 64 bits. */
static int64_t twice(int64_t x, int64_t multiplier, int shift) {
	int64_t product = x * (shift > 0 ? (int64_t)1 << shift : 1) * multiplier, high, half, whole;
	high = (product + (product >= 0 ? 1 << 30 : 1 - (1 << 30))) / ((int64_t)1 << 31);
	if (shift >= 0)
		return high;
	half = (int64_t)1 << (-shift - 1);
	whole = (high < 0 ? -high : high) + half;
	whole >>= -shift;
	return high < 0 ? -whole : whole;
}

static void checkMultiply(void) {
	MicroScale scale = { (int32_t)(0x40000000u | (draw() & 0x3FFFFFFF)), (int32_t)(draw() % 36) - 31 };
	int32_t x = (int32_t)draw() >> (draw() % 31), zero = (int32_t)(draw() % 256) - 128;
	int64_t wanted;

	if (scale.shift > 0)
		x >>= scale.shift;
	wanted = twice(x, scale.multiplier, scale.shift);
	expect(microMultiply(x, scale) == wanted, "microMultiply", x, scale.multiplier, scale.shift,
		microMultiply(x, scale), (double)wanted);
	if (scale.shift < 0 && x < 1 << 30 && x > -(1 << 30)) {
		int32_t got = microFastMultiply(x, microFastScale(scale, false), 2 * zero + 1);
		expect(got == wanted + zero, "microFastMultiply", x, scale.multiplier, scale.shift, got, (double)wanted + zero);
	}
}

static double valueOf(MicroFloat x) {
	return x.exponent > 254 ? INFINITY : ldexp(x.mantissa, x.exponent - 150);
}

static void checkFloat(void) {
	const float a = drawFloat(-40, 40), b = drawFloat(-40, 40), near = drawFloat(-4, 33);
	volatile float product = a * b, quotient = a / b;
	const float rounded = roundf(near);
	const double got[3] = { valueOf(microProduct(microUnpack(a), microUnpack(b))),
		valueOf(microQuotient(microUnpack(a), microUnpack(b))), microRound(microUnpack(near)) };

	expect(got[0] == product, "microProduct", a, b, 0, got[0], product);
	expect(got[1] == quotient, "microQuotient", a, b, 0, got[1], quotient);
	expect(
		rounded >= 2147483648.0f ? got[2] == INT32_MAX : got[2] == rounded, "microRound", near, 0, 0, got[2], rounded);
}

int main(void) {
	int i;
	for (i = 0; i < 1000000; i++) {
		checkScale();
		checkMultiply();
		checkFloat();
	}
	printf("%d\n", i);
	return 0;
}
