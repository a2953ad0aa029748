/*
 * DEPTHWISE_CONV_2D, int8. One input channel at a time is gathered into scratch as a plane with its border of zero points,
 * where taps are neighbours and no window needs a test. With a depth multiplier of 1, channel c reads and writes only bytes
 * that are c modulo the number of channels, so the output may begin where the input begins.
 */
#include "microChannels.h"
#include "microCopy.h"
#include "microSlot.h"

enum {
	optionPadding = 0, optionStrideWidth = 1, optionStrideHeight = 2, optionMultiplier = 3, optionActivation = 4,
	optionDilationWidth = 5, optionDilationHeight = 6
};
#define options microFields(microByte, microInt, microInt, microSkip, microByte, microIntOr1, microIntOr1, 0)

/* One side of the image as the plane sees it. Steps are bytes in the tensors, from one index to the next. */
typedef struct {
	int32_t in, out, kernel, stride, dilation, pad;
	int32_t plane;             /* elements in the plane */
	int32_t inStep, outStep, weightStep;
} Side;

typedef struct {
	MicroGeometry geometry;
	int32_t multiplier;
	Side along, across;        /* neighbours in the plane's memory lie along */
	MicroRange range;
} Depthwise;

static void measure(Side *side) {
	side->plane = (side->out - 1) * side->stride + (side->kernel - 1) * side->dilation + 1;
}

/* Outputs are computed three at a time along a line: what a line of `count` costs. */
static int32_t lineCost(int32_t count) {
	return count < 3 ? count * 2 : (count + 2) / 3 * 3;
}

static microCold InferenceStatus setup(MicroNode *node, Depthwise *layer) {
	const MicroTensor *weights = &node->input[1];
	MicroGeometry *g = &layer->geometry;

	if ((weights->rank != 4) || (weights->dims[0] != 1))
		return microRefuse(node, weights, "is not 1 x height x width x channels");
	g->kernelHeight = weights->dims[1];
	g->kernelWidth = weights->dims[2];
	g->strideWidth = node->option[optionStrideWidth];
	g->strideHeight = node->option[optionStrideHeight];
	g->dilationWidth = node->option[optionDilationWidth];
	g->dilationHeight = node->option[optionDilationHeight];
	microCheck(microGeometry(node, (uint8_t)node->option[optionPadding], g));
	layer->multiplier = g->outChannels / g->inChannels;
	if ((weights->dims[3] != g->outChannels) || (layer->multiplier * g->inChannels != g->outChannels))
		return microRefuse(node, weights, "is for %d channels; the output has %d, the input %d", weights->dims[3], g->outChannels, g->inChannels);
	if (!microActivationRange((uint8_t)node->option[optionActivation], &node->output, &layer->range))
		return microRefuse(node, NULL, "fused activation that is not understood");
	{
		Side width = { g->inWidth, g->outWidth, g->kernelWidth, g->strideWidth, g->dilationWidth, g->padLeft, 0, g->inChannels, g->outChannels, g->outChannels };
		Side height = { g->inHeight, g->outHeight, g->kernelHeight, g->strideHeight, g->dilationHeight, g->padTop, 0, g->inWidth * g->inChannels, g->outWidth * g->outChannels, g->kernelWidth * g->outChannels };
		int32_t wasted;

		measure(&width);
		measure(&height);
		wasted = height.out * lineCost(width.out) - width.out * lineCost(height.out);
		if (wasted == 0)
			wasted = height.kernel - width.kernel;
		/* Lines go along the rows or down the columns, whichever wastes less of the last blocks, else the longer kernel's way. */
		if (wasted <= 0) {
			layer->along = width;
			layer->across = height;
		}
		else {
			layer->along = height;
			layer->across = width;
		}
	}
	return inferenceOk;
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Depthwise layer;
	const MicroGeometry *g = &layer.geometry;
	uint64_t scratch;

	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckInt8(node, &node->output));
	microCheck(setup(node, &layer));
	microCheck(microCheckLayer(node, g->outChannels, 3));
	need->scratch = microSlotScratch(g, true, &layer.range, node);
	if (need->scratch)
		return inferenceOk;
	scratch = (uint64_t)layer.along.plane * (uint64_t)layer.across.plane + (uint64_t)(g->kernelHeight * g->kernelWidth);
	if (scratch > INT32_MAX)
		return microRefuse(node, &node->input[0], "is too large once it is padded");
	need->scratch = (uint32_t)scratch;
	if ((layer.multiplier == 1) && (g->batches == 1))
		need->overlap[0].exact = true;
	return inferenceOk;
}

static int32_t inside(const Side *side) {
	return side->plane - side->pad < side->in ? side->plane - side->pad : side->in;
}

/* `lines` times `length` bytes that lie `step` apart, to where they are neighbours. */
static void gather(const int8_t *from, int32_t lineStep, int32_t step, int8_t *to, int32_t toLineStep, int32_t lines, int32_t length) {
	for (; lines > 0; lines--, from += lineStep, to += toLineStep) {
		const int8_t *source = from;
		int8_t *sink = to, *end = to + length;
		for (; end - sink >= 4; sink += 4) {
			int8_t a, b, c, d;
			a = *source; source += step;
			b = *source; source += step;
			c = *source; source += step;
			d = *source; source += step;
			sink[0] = a;
			sink[1] = b;
			sink[2] = c;
			sink[3] = d;
		}
		for (; sink != end; source += step)
			*sink++ = *source;
	}
}

static uint32_t oneSum(const Depthwise *layer, const int8_t *taps, const int8_t *at, int32_t rowStep) {
	int32_t y, x;
	uint32_t sum = 0;
	for (y = layer->across.kernel; y > 0; y--, at += rowStep) {
		const int8_t *tap = at;
		for (x = layer->along.kernel; x > 0; x--, tap += layer->along.dilation)
			sum += (uint32_t)(*taps++ * *tap);
	}
	return sum;
}

/* A line of outputs, one by one: too short a line, a rare stride or dilation, or a channel that needs the slow requantization. */
static microCold void singles(const Depthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	int32_t rowStep = layer->across.dilation * layer->along.plane, i;
	for (i = 0; i < layer->along.out; i++, plane += layer->along.stride, output += layer->along.outStep)
		*output = microOutput(oneSum(layer, taps, plane, rowStep), channel, &layer->range);
}

/* A weight and the inputs a, b and c that it meets in three outputs; c is new, the others were met by the weight before. */
#define slide(a, b, c, at) { \
		const int32_t weight = w[at]; \
		c = tap[(at) + 2]; \
		sum0 += (uint32_t)(weight * a); \
		sum1 += (uint32_t)(weight * b); \
		sum2 += (uint32_t)(weight * c); \
	}
/* One row of `wide` weights against outputs side by side. */
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
/* The same against every second output: with the width constant, the compiler loads each input once for all it is in. */
#define rowByTwo(wide) { \
		int32_t x; \
		for (x = 0; x < (wide); x++, w++, tap++) { \
			const int32_t weight = *w; \
			sum0 += (uint32_t)(weight * tap[0]); \
			sum1 += (uint32_t)(weight * tap[2]); \
			sum2 += (uint32_t)(weight * tap[4]); \
		} \
	}

/* A line of outputs, three at a time; a last block that would run over is moved back and computes some of them twice. */
#define lineOfThrees(name, row, wide, apart) \
	static void name(const Depthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) { \
		const MicroFastScale scale = channel->scale; \
		const int32_t offset = layer->range.offset, low = layer->range.low, high = layer->range.high; \
		const int32_t rowStep = layer->across.dilation * layer->along.plane, outStep = layer->along.outStep; \
		const uint32_t bias = (uint32_t)channel->bias; \
		const int8_t *tapsEnd = taps + layer->across.kernel * (wide); \
		int32_t left = layer->along.out - 3, step; \
		for (;;) { \
			const int8_t *w = taps, *line = plane; \
			uint32_t sum0 = bias, sum1 = bias, sum2 = bias; \
			for (; w != tapsEnd; line += rowStep) { \
				const int8_t *tap = line; \
				row(wide) \
			} \
			output[0] = (int8_t)microClamp(microFastMultiply((int32_t)sum0, scale, offset), low, high); \
			output[outStep] = (int8_t)microClamp(microFastMultiply((int32_t)sum1, scale, offset), low, high); \
			output[2 * outStep] = (int8_t)microClamp(microFastMultiply((int32_t)sum2, scale, offset), low, high); \
			if (left <= 0) \
				break; \
			step = left < 3 ? left : 3; \
			left -= 3; \
			plane += step * (apart); \
			output += step * outStep; \
		} \
	}

lineOfThrees(threeByOne, rowByOne, 3, 1)
lineOfThrees(threeByTwo, rowByTwo, 3, 2)
lineOfThrees(anyByOne, rowByOne, layer->along.kernel, 1)

typedef void (*Line)(const Depthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output);

static Line lineFor(const Depthwise *layer, const MicroChannel *channel) {
	const Side *along = &layer->along;
	if ((along->out < 3) || (channel->scale.shift < 0) || (along->dilation != 1))
		return singles;
	if (along->kernel == 3)
		return along->stride == 1 ? threeByOne : along->stride == 2 ? threeByTwo : singles;
	return along->stride == 1 ? anyByOne : singles;
}

static void run(MicroNode *node) {
	Depthwise layer;
	const MicroGeometry *g = &layer.geometry;
	int8_t *plane = (int8_t *)node->scratch, *taps;
	MicroLayer shared;
	int32_t planeBytes, batch, c, m, i, inImage, outImage;

	setup(node, &layer);
	if (microSlotScratch(g, true, &layer.range, node)) {
		microSlotRun(g, true, &layer.range, node);
		return;
	}
	microLayer(node, &shared);
	planeBytes = layer.along.plane * layer.across.plane;
	taps = plane + planeBytes;
	inImage = g->inHeight * g->inWidth * g->inChannels;
	outImage = g->outHeight * g->outWidth * g->outChannels;
	microFill(plane, node->input[0].zeroPoint, planeBytes);
	for (batch = 0; batch < g->batches; batch++)
		for (c = 0; c < g->inChannels; c++) {
			gather((const int8_t *)node->input[0].data + batch * inImage + c, layer.across.inStep, layer.along.inStep,
				plane + layer.across.pad * layer.along.plane + layer.along.pad, layer.along.plane, inside(&layer.across), inside(&layer.along));
			for (m = 0; m < layer.multiplier; m++) {
				int32_t channel = c * layer.multiplier + m;
				int8_t *output = (int8_t *)(uintptr_t)node->output.data + batch * outImage + channel;
				MicroChannel folded;
				Line line;

				gather((const int8_t *)node->input[1].data + channel, layer.across.weightStep, layer.along.weightStep, taps, layer.along.kernel,
					layer.across.kernel, layer.along.kernel);
				microFoldChannel(&shared, &folded, (uint32_t)channel, taps, (uint32_t)(g->kernelHeight * g->kernelWidth), 0);
				line = lineFor(&layer, &folded);
				for (i = 0; i < layer.across.out; i++)
					line(&layer, plane + i * layer.across.stride * layer.along.plane, taps, &folded, output + i * layer.across.outStep);
			}
		}
}

const MicroKernel microKernelDEPTHWISE_CONV_2D = { "DEPTHWISE_CONV_2D", 4, 7, 2, 2, 3, options, check, run };
