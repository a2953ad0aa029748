/*
 * The arithmetic of requantization, bit for bit TensorFlow Lite Micro's MultiplyByQuantizedMultiplier with two roundings:
 * a doubling high multiply rounded to nearest (ties up), then a right shift rounded to nearest (ties away from zero).
 */
#ifndef LOAM_MICRO_QUANTIZE_H
#define LOAM_MICRO_QUANTIZE_H

#include "micro.h"
#include "microFloat.h"

#if defined(__GNUC__)
	#define microInline static inline __attribute__((always_inline))
#else
	#define microInline static inline
#endif

/* real = multiplier / 2^31 * 2^shift; multiplier is 0 or in [2^30, 2^31), shift in [-31, 30]. */
typedef struct {
	int32_t multiplier;
	int32_t shift;
} MicroScale;

/* floor((a * b + 2^30) / 2^31); a and b are not both INT32_MIN. */
microInline int32_t microHighMultiply(int32_t a, int32_t b) {
	return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* x / 2^shift, halves away from zero; shift in [0, 31]. */
microInline int32_t microRoundingShift(int32_t x, int32_t shift) {
	uint32_t mask = (1u << shift) - 1, rest = (uint32_t)x & mask;
	return (x >> shift) + (rest > (mask >> 1) + (uint32_t)(x < 0));
}

microInline int32_t microMultiply(int32_t x, MicroScale scale) {
	int32_t left = scale.shift > 0 ? scale.shift : 0, right = scale.shift > 0 ? 0 : -scale.shift;
	return microRoundingShift(microHighMultiply((int32_t)((uint32_t)x << left), scale.multiplier), right);
}

/* The same as a function, for cold code. */
int32_t microRescale(int32_t x, MicroScale scale);

microInline int32_t microClamp(int32_t x, int32_t low, int32_t high) {
	x = x < low ? low : x;
	return x > high ? high : x;
}

/*
 * The same for the inner loops, when the factor is below 1/2 (as in nearly every layer) and sums stay below 2^30.
 * `doubled` is twice the multiplier, so that the high word of its product with twice the sum is twice the result of the high
 * multiply, rounded down: one more rounds it, and one less takes off what halves below zero are rounded by besides. The last step's halving does the rounding of
 * `shift`, the right shift; `offset` is 2 * zero point + 1.
 */
typedef struct {
	uint32_t doubled;
	int32_t shift; /* negative: see microFastScale */
} MicroFastScale;

/* The high word of x * y. */
microInline int32_t microHighWord(int32_t x, uint32_t y) {
#if defined(__riscv_mul) && (__riscv_xlen == 32)
	/* GCC takes three instructions for it, where it has the operands in registers. */
	int32_t high;
	__asm__("mulhsu %0, %1, %2" : "=r"(high) : "r"(x), "r"(y));
	return high;
#else
	return (int32_t)(((int64_t)x * (int64_t)(uint64_t)y) >> 32);
#endif
}

microInline int32_t microFastMultiply(int32_t x, MicroFastScale scale, int32_t offset) {
	/* Unsigned: sums that a wrong prepared table makes too large wrap. */
	const uint32_t high = (uint32_t)microHighWord((int32_t)((uint32_t)x << 1), scale.doubled);
	return (int32_t)((uint32_t)((int32_t)(high + (uint32_t)(x >> 31 | 1)) >> scale.shift) + (uint32_t)offset) >> 1;
}

/* A factor or sum for which microFastMultiply is not exact uses the same record, with shift offset by -64. */
microInline MicroFastScale microFastScale(MicroScale scale, bool wideSums) {
	MicroFastScale fast;
	if ((scale.shift < 0) && !wideSums) {
		fast.doubled = (uint32_t)scale.multiplier << 1;
		fast.shift = -scale.shift;
	} else {
		fast.doubled = (uint32_t)scale.multiplier;
		fast.shift = scale.shift - 64;
	}
	return fast;
}

/* Whether a record is one that microFastScale gives. */
microInline bool microIsFastScale(MicroFastScale scale) {
	if (scale.shift >= 0)
		return (scale.shift >= 1) && (scale.shift <= 31) && (scale.doubled >> 31);
	return (scale.shift >= -95) && (scale.shift <= -34) && !(scale.doubled >> 31);
}

/* Parameters of an output: its zero point, that of microFastMultiply, and the clamp. */
typedef struct {
	int32_t zeroPoint, offset, low, high;
} MicroRange;

/* x scaled, zero point added, clamped. Sums wrap, as the reference's do. */
microInline int8_t microScaledHere(int32_t x, MicroScale scale, const MicroRange *range) {
	x = (int32_t)((uint32_t)microMultiply(x, scale) + (uint32_t)range->zeroPoint);
	return (int8_t)microClamp(x, range->low, range->high);
}

/* The same as a function. */
int8_t microScaled(int32_t x, MicroScale scale, const MicroRange *range);

/* x scaled by what microFastScale gave, exact in any case. */
int8_t microExactOutput(int32_t x, MicroFastScale scale, const MicroRange *range);

/*
 * TensorFlow Lite's QuantizeMultiplier of a * b / c, computed in double as it does: the product of two floats is exact there,
 * the quotient is rounded to 53 bits and then to 31. Done in integers, because a chip without a double unit spends a
 * thousand instructions on a division and a layer needs one per channel.
 * False when the result is not below 2^30, or one of them is not finite.
 */
bool microScaleOf(float a, float b, float c, MicroScale *scale);

bool microScaleOfParts(MicroFloat a, MicroFloat b, MicroFloat c, MicroScale *scale);

/* Fused activation functions of the schema. */
enum { microActivationNone = 0, microActivationRelu = 1, microActivationReluN1To1 = 2, microActivationRelu6 = 3 };

/* The clamp of an output of int8 or int16 with a fused activation. False for an activation other than the above, or a limit beyond int32. */
bool microActivationRange(uint8_t activation, const MicroTensor *output, MicroRange *range);

/* The same with a message. */
InferenceStatus microCheckActivation(MicroNode *node, int32_t activation, MicroRange *range);

#endif
