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

static microCold uint32_t oneSum(const MicroDepthwise *layer, const int8_t *taps, const int8_t *at, int32_t rowStep) {
	int32_t y, x;
	uint32_t sum = 0;
	for (y = layer->across.kernel; y > 0; y--, at += rowStep) {
		const int8_t *tap = at;
		for (x = layer->along.kernel; x > 0; x--, tap += layer->along.dilation)
			sum += (uint32_t)(*taps++ * *tap);
	}
	return sum;
}

/* A line of outputs, one by one: for short lines, or channels that need the slow requantization. */
static microCold void singles(
	const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	int32_t rowStep = layer->across.dilation * layer->along.plane, i;
	for (i = 0; i < layer->along.out; i++, plane += layer->along.stride, output += layer->along.outStep)
		*output = microOutput(oneSum(layer, taps, plane, rowStep), channel, &layer->range);
}

/* Statements here are made by macros that clang-format takes for expressions. */
/* clang-format off */

#define outputs3(what) what(0) what(1) what(2)
#define sumOf(o) uint32_t sum##o = bias;

/* A row of any weights, for adjacent outputs: the inputs of the first two were loaded for the previous weight. */
#define rowOfAny { \
		const int8_t *tap = line + 2, *end = w + wide; \
		int32_t x = line[0], y = line[1]; \
		for (; w != end; w++, tap++) { \
			const int32_t weight = *w, z = *tap; \
			sum0 += (uint32_t)(weight * x); \
			sum1 += (uint32_t)(weight * y); \
			sum2 += (uint32_t)(weight * z); \
			x = y; \
			y = z; \
		} \
	}
/* A row of any weights, for outputs and taps any steps apart. */
#define rowOfAll { \
		const int8_t *tap = line, *end = w + wide; \
		for (; w != end; w++, tap += apart) { \
			const int32_t weight = *w; \
			sum0 += (uint32_t)(weight * tap[0]); \
			sum1 += (uint32_t)(weight * tap[stride]); \
			sum2 += (uint32_t)(weight * tap[2 * stride]); \
		} \
	}

#define allRows(row) for (; w != tapsEnd; line += rowStep) row
#define put(o) output[(o) * outStep] = (int8_t)microClamp(microFastMultiply((int32_t)sum##o, scale, offset), low, high);

/*
 * Kernels of 3 x 3 with stride 1: every weight stays in a register, and each input is loaded once for the three outputs of a line that it is part of,
 * whose sums are carried along.
 */
#define column(x) const int32_t a##x = top[x], b##x = middle[x], c##x = bottom[x];
#define addColumn(sum, x, k) sum += (uint32_t)(w##k * a##x); sum += (uint32_t)(w3##k * b##x); sum += (uint32_t)(w6##k * c##x);
/* An input of the last column is part of three windows. */
#define addInput(row, a, b, c) { \
		const int32_t x = row[2]; \
		sum += (uint32_t)(w##c * x); \
		next += (uint32_t)(w##b * x); \
		last += (uint32_t)(w##a * x); \
		keep(sum) keep(next) keep(last) fence() \
	}

static tightAndSmall void columns(const MicroDepthwise *layer, const int8_t *top, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroFastScale scale = channel->scale;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high, outStep = layer->along.outStep;
	const int32_t w0 = taps[0], w1 = taps[1], w2 = taps[2], w30 = taps[3], w31 = taps[4], w32 = taps[5], w60 = taps[6], w61 = taps[7], w62 = taps[8];
	const int32_t plane = layer->along.plane, count = layer->along.out, lineStep = layer->across.stride * plane - count,
		outLineStep = layer->across.outStep - count * outStep;
	const uint32_t bias = (uint32_t)channel->bias;
	int32_t lines = layer->across.out;
	for (; lines > 0; lines--, top += lineStep, output += outLineStep) {
		const int8_t *middle = top + plane, *bottom = middle + plane, *end = top + count;
		uint32_t sum = bias, next = bias, last;
		{ column(0) column(1) addColumn(sum, 0, 0) addColumn(sum, 1, 1) addColumn(next, 1, 0) }
		for (; top != end; top++, middle++, bottom++, output += outStep) {
			last = bias;
			addInput(top, 0, 1, 2)
			addInput(middle, 30, 31, 32)
			addInput(bottom, 60, 61, 62)
			*output = (int8_t)microClamp(microFastMultiply((int32_t)sum, scale, offset), low, high);
			sum = next;
			next = last;
		}
	}
}

/* Lines of at least three outputs, three at once; a last block that would overrun is moved back and computes some of them twice. */
static tightAndSmall void threes(const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroFastScale scale = channel->scale;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high;
	const int32_t rowStep = layer->across.dilation * layer->along.plane, outStep = layer->along.outStep, wide = layer->along.kernel,
		apart = layer->along.dilation, stride = layer->along.stride;
	const uint32_t bias = (uint32_t)channel->bias;
	const int8_t *tapsEnd = taps + layer->across.kernel * wide;
	int32_t left = layer->along.out - 3, step;

	for (;;) {
		const int8_t *w = taps, *line = plane;
		outputs3(sumOf)
		if ((apart == 1) && (stride == 1))
			allRows(rowOfAny)
		else
			allRows(rowOfAll)
		outputs3(put)
		if (left <= 0)
			break;
		step = left < 3 ? left : 3;
		left -= 3;
		plane += step * stride;
		output += step * outStep;
	}
}

microUnrolled void microLines(const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroSide *along = &layer->along;
	int32_t lines;
	const bool isFast = channel->scale.shift >= 0;
	if (isFast && (along->kernel == 3) && (layer->across.kernel == 3) && (along->stride == 1) && (along->dilation == 1) && (layer->across.dilation == 1)) {
		columns(layer, plane, taps, channel, output);
		return;
	}
	for (lines = layer->across.out; lines > 0; lines--, plane += layer->across.stride * along->plane, output += layer->across.outStep)
		(isFast && (along->out >= 3) ? threes : singles)(layer, plane, taps, channel, output);
}
