/* Hot, but registers may be saved as in cold files: a function runs for a whole channel. Each has an optimization of its own. */
#include "microSmall.h"
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
		const int8_t *tap = line, *w = weights, *end = w + wide; \
		for (; w != end; w += weightStep, tap += apart) { \
			const int32_t weight = *w; \
			sum0 += (uint32_t)(weight * tap[0]); \
			sum1 += (uint32_t)(weight * tap[stride]); \
			sum2 += (uint32_t)(weight * tap[2 * stride]); \
		} \
	}

#define storeSum(o) sums[o] = sum##o;

/* Kernels of 3 x 3: every weight stays in a register. */
#define addProduct(row, x) sum += (uint32_t)(w##row##x * at##row[x]); keep(sum) fence()
#define window(what) what(0, 0) what(0, 1) what(0, 2) what(1, 0) what(1, 1) what(1, 2) what(2, 0) what(2, 1) what(2, 2)

tightAndSmall void microWindows(const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroFastScale scale = channel->scale;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high, outStep = layer->along.outStep;
	const int32_t next = layer->along.weightStep;
	const int8_t *taps1 = taps + layer->across.weightStep, *taps2 = taps1 + layer->across.weightStep;
	const int32_t w00 = taps[0], w01 = taps[next], w02 = taps[2 * next], w10 = taps1[0], w11 = taps1[next], w12 = taps1[2 * next],
		w20 = taps2[0], w21 = taps2[next], w22 = taps2[2 * next];
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

/* Three at once; a last block that would overrun is moved back and computes some of them twice. */
tightAndSmall void microThrees(const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const MicroFastScale scale = channel->scale;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high;
	const int32_t rowStep = layer->across.dilation * layer->along.plane, outStep = layer->along.outStep,
		weightStep = layer->along.weightStep, wide = layer->along.kernel * weightStep, apart = layer->along.dilation, stride = layer->along.stride;
	const uint32_t bias = (uint32_t)channel->bias;
	int32_t left = layer->along.out - 3, step;

	for (;;) {
		const int8_t *weights = taps, *line = plane;
		uint32_t sums[3];
		int8_t *to;
		int32_t rows = layer->across.kernel;
		outputs3(sumOf)
		do {
			row
			line += rowStep;
			weights += layer->across.weightStep;
		} while (--rows > 0);
		outputs3(storeSum)
		for (rows = 0, to = output; rows < 3; rows++, to += outStep) {
			keep(rows)
			*to = (int8_t)microClamp(microFastMultiply((int32_t)sums[rows], scale, offset), low, high);
		}
		if (left <= 0)
			break;
		step = left < 3 ? left : 3;
		left -= 3;
		plane += step * stride;
		output += step * outStep;
	}
}

/* One output of any window and scale; outside of the input are zero points. */
static int8_t outputOf(const MicroDepthwise *layer, const int8_t *tap, const int8_t *w, const MicroChannel *channel, int32_t place) {
	const MicroSide *along = &layer->along;
	const int32_t apart = along->dilation * along->inStep;
	const int8_t *last = w + along->kernel * along->weightStep;
	uint32_t sum = 0;
	for (; w != last; w += along->weightStep, place += along->dilation, tap += apart) {
		int32_t value = layer->zeroPoint;
		if ((uint32_t)place < (uint32_t)along->in)
			value = *tap;
		sum += (uint32_t)(*w * value);
	}
	return microOutput(sum, channel, &layer->range);
}

/* A channel's outputs are computed in their order, in which the output may lie where the input lies. The weights of three taps stay in registers. */
tightAndSmall void microDirect(const MicroDepthwise *layer, const int8_t *input, const int8_t *weights, const MicroChannel *channel, int8_t *output, int32_t count) {
	const MicroSide *along = &layer->along;
	const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high;
	const int32_t inStep = along->inStep, stride = along->stride, outStep = along->outStep;
	const int32_t apart = along->dilation * inStep, step = stride * inStep, before = along->pad * inStep;
	const int32_t length = along->out * outStep, whole = along->in - 2 * along->dilation;
	const uint32_t inside = whole > 0 ? (uint32_t)whole : 0;
	const int8_t *last = weights + count;
	for (input -= before; weights != last; weights++, channel++, input++, output++) {
		const int8_t *x = input;
		int8_t *to = output, *end = output + length;
		int32_t at = -along->pad;
		if ((along->kernel == 3) && (channel->scale.shift >= 0)) {
			const int32_t w0 = weights[0], w1 = weights[along->weightStep], w2 = weights[2 * along->weightStep];
			const MicroFastScale scale = channel->scale;
			const uint32_t bias = (uint32_t)channel->bias;
			for (; to != end; to += outStep, at += stride, x += step) {
				const int8_t *y = x + apart, *z = y + apart;
				int32_t a, b, c;
				uint32_t sum = bias;
				if ((uint32_t)at < inside) {
					a = *x;
					b = *y;
					c = *z;
				} else {
					const uint32_t in = (uint32_t)along->in;
					int32_t place = at;
					a = b = c = layer->zeroPoint;
					if ((uint32_t)place < in)
						a = *x;
					place += along->dilation;
					if ((uint32_t)place < in)
						b = *y;
					place += along->dilation;
					if ((uint32_t)place < in)
						c = *z;
				}
				sum += (uint32_t)(w0 * a);
				sum += (uint32_t)(w1 * b);
				sum += (uint32_t)(w2 * c);
				*to = (int8_t)microClamp(microFastMultiply((int32_t)sum, scale, offset), low, high);
			}
		} else
			for (; to != end; to += outStep, at += stride, x += step)
				*to = outputOf(layer, x, weights, channel, at);
	}
}
