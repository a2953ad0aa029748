/*
 * The one inner loop of convolution and of fully connected layers: microOutputs rows of weights against microPixels
 * pixels, every sum in a register. How many of each is what an architecture's registers allow:
 * - RV32 has 28 to give: 4 x 3 sums, 7 pointers and 6 values in flight. A step is 7 loads, 12 multiplies and 12 additions,
 *   2.6 instructions a multiply-accumulate where 4 x 2 takes 2.75.
 * - Xtensa LX6 shows 16: 2 x 2 sums, 4 pointers and the values.
 * The C below is the same for all; with constant bounds the compiler unrolls it.
 */
#ifndef LOAM_MICRO_DOT_H
#define LOAM_MICRO_DOT_H

#include "microQuantize.h"

#if !defined(microOutputs)
	#if defined(__XTENSA__)
		#define microOutputs 2
		#define microPixels 2
	#else
		#define microOutputs 4
		#define microPixels 3
	#endif
#endif

/* One step: element `at` of each row of weights times element `at` of each pixel, minus the pixels' zero point. */
#define microDotStep(outputs, pixels, at) do { \
		int32_t x_[pixels]; \
		int p_, o_; \
		_Pragma("GCC unroll 8") \
		for (p_ = 0; p_ < (pixels); p_++) x_[p_] = (int32_t)pixel[p_][at] - zeroPoint; \
		_Pragma("GCC unroll 8") \
		for (o_ = 0; o_ < (outputs); o_++) { \
			int32_t w_ = weight[o_][at]; \
			_Pragma("GCC unroll 8") \
			for (p_ = 0; p_ < (pixels); p_++) sum[o_][p_] += (uint32_t)(w_ * x_[p_]); \
		} \
	} while (0)

/* Adds to uint32_t sum[o][p] the dot product of weight[o] and pixel[p], `count` long, and moves both past it. Sums wrap. */
#define microDot(outputs, pixels, count) do { \
		const int8_t *last_ = weight[0] + ((count) & ~7); \
		const int8_t *end_ = weight[0] + (count); \
		int a_; \
		while (weight[0] != last_) { \
			microDotStep(outputs, pixels, 0); microDotStep(outputs, pixels, 1); \
			microDotStep(outputs, pixels, 2); microDotStep(outputs, pixels, 3); \
			microDotStep(outputs, pixels, 4); microDotStep(outputs, pixels, 5); \
			microDotStep(outputs, pixels, 6); microDotStep(outputs, pixels, 7); \
			_Pragma("GCC unroll 8") \
			for (a_ = 0; a_ < (outputs); a_++) weight[a_] += 8; \
			_Pragma("GCC unroll 8") \
			for (a_ = 0; a_ < (pixels); a_++) pixel[a_] += 8; \
		} \
		while (weight[0] != end_) { \
			microDotStep(outputs, pixels, 0); \
			_Pragma("GCC unroll 8") \
			for (a_ = 0; a_ < (outputs); a_++) weight[a_]++; \
			_Pragma("GCC unroll 8") \
			for (a_ = 0; a_ < (pixels); a_++) pixel[a_]++; \
		} \
	} while (0)

#endif
