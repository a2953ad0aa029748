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

/* Statements here are made by macros that clang-format takes for expressions. */
/* clang-format off */

#define outputs3(what) what(0) what(1) what(2)
#define sumOf(o) uint32_t sum##o = bias;

#define row { \
		const int8_t *tap = line, *end = w + wide; \
		for (; w != end; w++, tap += apart) { \
			const int32_t weight = *w; \
			sum0 += (uint32_t)(weight * tap[0]); \
			sum1 += (uint32_t)(weight * tap[stride]); \
			sum2 += (uint32_t)(weight * tap[2 * stride]); \
		} \
	}

#define put(o) output[(o) * outStep] = (int8_t)microClamp(microFastMultiply((int32_t)sum##o, scale, offset), low, high);

/* Kernels of 3 x 3: every weight stays in a register. */
#define addProduct(row, x) sum += (uint32_t)(w##row##x * at##row[x]); keep(sum) fence()
#define window(what) what(0, 0) what(0, 1) what(0, 2) what(1, 0) what(1, 1) what(1, 2) what(2, 0) what(2, 1) what(2, 2)

static tightAndSmall void windows(const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroFastScale scale = channel->scale;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high, outStep = layer->along.outStep;
	const int32_t w00 = taps[0], w01 = taps[1], w02 = taps[2], w10 = taps[3], w11 = taps[4], w12 = taps[5], w20 = taps[6], w21 = taps[7], w22 = taps[8];
	const int32_t rowStep = layer->along.plane, stride = layer->along.stride, count = layer->along.out;
	const uint32_t bias = (uint32_t)channel->bias;
	int32_t lines = layer->across.out;
	for (; lines > 0; lines--, plane += layer->across.stride * rowStep, output += layer->across.outStep) {
		const int8_t *at0 = plane, *at1 = at0 + rowStep, *at2 = at1 + rowStep, *end = at0 + count * stride;
		int8_t *to = output;
		for (; at0 != end; at0 += stride, at1 += stride, at2 += stride, to += outStep) {
			uint32_t sum = bias;
			window(addProduct)
			*to = (int8_t)microClamp(microFastMultiply((int32_t)sum, scale, offset), low, high);
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
		for (; w != tapsEnd; line += rowStep)
			row
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
	if (isFast && (along->kernel == 3) && (layer->across.kernel == 3) && (along->dilation == 1) && (layer->across.dilation == 1)) {
		windows(layer, plane, taps, channel, output);
		return;
	}
	for (lines = layer->across.out; lines > 0; lines--, plane += layer->across.stride * along->plane, output += layer->across.outStep)
		(isFast && (along->out >= 3) ? threes : microSingles)(layer, plane, taps, channel, output);
}
