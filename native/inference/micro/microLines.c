#include "microLines.h"
#include "microRegisters.h"

microUnrolled void microGather(
	const int8_t *from, int32_t lineStep, int32_t step, int8_t *to, int32_t toLineStep, int32_t lines, int32_t length) {
	for (; lines > 0; lines--, from += lineStep, to += toLineStep) {
		const int8_t *source = from;
		int8_t *sink = to, *end = to + length;
		for (; end - sink >= 4; sink += 4) {
			int8_t a, b, c, d;
			a = *source;
			source += step;
			b = *source;
			source += step;
			c = *source;
			source += step;
			d = *source;
			source += step;
			sink[0] = a;
			sink[1] = b;
			sink[2] = c;
			sink[3] = d;
		}
		for (; sink != end; source += step)
			*sink++ = *source;
	}
}

static uint32_t oneSum(const MicroDepthwise *layer, const int8_t *taps, const int8_t *at, int32_t rowStep) {
	int32_t y, x;
	uint32_t sum = 0;
	for (y = layer->across.kernel; y > 0; y--, at += rowStep) {
		const int8_t *tap = at;
		for (x = layer->along.kernel; x > 0; x--, tap += layer->along.dilation)
			sum += (uint32_t)(*taps++ * *tap);
	}
	return sum;
}

/* A line of outputs, one by one: for short lines, rare strides or dilations, or channels that need the slow requantization. */
static microCold void singles(
	const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	int32_t rowStep = layer->across.dilation * layer->along.plane, i;
	for (i = 0; i < layer->along.out; i++, plane += layer->along.stride, output += layer->along.outStep)
		*output = microOutput(oneSum(layer, taps, plane, rowStep), channel, &layer->range);
}

/* A weight and the inputs a, b and c of three outputs; c is new, the others were loaded for the previous weight. */
/* Statements here are made by macros that clang-format takes for expressions. */
/* clang-format off */

#define slide(a, b, c, at) { \
		const int32_t weight = w[at]; \
		c = tap[(at) + 2]; \
		sum0 += (uint32_t)(weight * a); \
		sum1 += (uint32_t)(weight * b); \
		sum2 += (uint32_t)(weight * c); \
		keep(sum0) keep(sum1) keep(sum2) \
	}
/* One row of `wide` weights for adjacent outputs. */
#define rowByOne(wide) { \
		int32_t x = tap[0], y = tap[1], z, left = (wide); \
		for (; left >= 3; left -= 3, w += 3, tap += 3) { \
			slide(x, y, z, 0) \
			slide(y, z, x, 1) \
			slide(z, x, y, 2) \
		} \
		for (; left > 0; left--, w++, tap++) { \
			slide(x, y, z, 0) \
			x = y; \
			y = z; \
		} \
	}
/* The same for stride 2: with a constant width, the compiler loads each input once for all its outputs. */
#define rowByTwo(wide) { \
		int32_t x; \
		for (x = 0; x < (wide); x++, w++, tap++) { \
			const int32_t weight = *w; \
			sum0 += (uint32_t)(weight * tap[0]); \
			sum1 += (uint32_t)(weight * tap[2]); \
			sum2 += (uint32_t)(weight * tap[4]); \
		} \
	}

#define allRows(row, wide) for (; w != tapsEnd; line += rowStep) { \
		const int8_t *tap = line; \
		row(wide) \
	}

/* A line of outputs, three at a time; a last block that would overrun is moved back and computes some of them twice. */
static tightRegisters void threes(const MicroDepthwise *layer, MicroLineKind kind, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroFastScale scale = channel->scale;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high;
	const int32_t rowStep = layer->across.dilation * layer->along.plane, outStep = layer->along.outStep, wide = layer->along.kernel;
	const uint32_t bias = (uint32_t)channel->bias;
	const int8_t *tapsEnd = taps + layer->across.kernel * wide;
	int32_t left = layer->along.out - 3, step;

	for (;;) {
		const int8_t *w = taps, *line = plane;
		uint32_t sum0 = bias, sum1 = bias, sum2 = bias;
		switch (kind) {
			case microThreeByOne: allRows(rowByOne, 3) break;
			case microThreeByTwo: allRows(rowByTwo, 3) break;
			default: allRows(rowByOne, wide) break;
		}
		output[0] = (int8_t)microClamp(microFastMultiply((int32_t)sum0, scale, offset), low, high);
		output[outStep] = (int8_t)microClamp(microFastMultiply((int32_t)sum1, scale, offset), low, high);
		output[2 * outStep] = (int8_t)microClamp(microFastMultiply((int32_t)sum2, scale, offset), low, high);
		if (left <= 0)
			break;
		step = left < 3 ? left : 3;
		left -= 3;
		plane += step * layer->along.stride;
		output += step * outStep;
	}
}

void microLine(const MicroDepthwise *layer, MicroLineKind kind, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	if (kind == microSingles)
		singles(layer, plane, taps, channel, output);
	else
		threes(layer, kind, plane, taps, channel, output);
}

MicroLineKind microLineKind(const MicroDepthwise *layer, const MicroChannel *channel) {
	const MicroSide *along = &layer->along;
	if ((along->out < 3) || (channel->scale.shift < 0) || (along->dilation != 1))
		return microSingles;
	if (along->stride == 1)
		return along->kernel == 3 ? microThreeByOne : microAnyByOne;
	return (along->kernel == 3) && (along->stride == 2) ? microThreeByTwo : microSingles;
}
