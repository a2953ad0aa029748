/*
 * DEPTHWISE_CONV_2D, int8. One input channel at a time is gathered into scratch as a plane with its border of zero points,
 * where taps are neighbours and no window needs a test. With a depth multiplier of 1, channel c reads and writes only bytes
 * that are c modulo the number of channels, so the output may begin where the input begins.
 */
#include "microChannels.h"
#include "microCopy.h"
#include "microGeometry.h"

enum {
	optionPadding = 0, optionStrideWidth = 1, optionStrideHeight = 2, optionMultiplier = 3, optionActivation = 4,
	optionDilationWidth = 5, optionDilationHeight = 6
};

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

static InferenceStatus setup(MicroNode *node, Depthwise *layer) {
	const MicroTensor *weights = &node->input[1];
	MicroReader *reader = &node->reader;
	MicroGeometry *g = &layer->geometry;

	if (!node->options)
		return microRefuse(node, NULL, "has no options");
	if ((weights->rank != 4) || (weights->dims[0] != 1))
		return microRefuse(node, weights, "is not 1 x height x width x channels");
	g->kernelHeight = weights->dims[1];
	g->kernelWidth = weights->dims[2];
	g->strideWidth = microFieldI32(reader, node->options, optionStrideWidth, 0);
	g->strideHeight = microFieldI32(reader, node->options, optionStrideHeight, 0);
	g->dilationWidth = microFieldI32(reader, node->options, optionDilationWidth, 1);
	g->dilationHeight = microFieldI32(reader, node->options, optionDilationHeight, 1);
	microCheck(microGeometry(node, microFieldU8(reader, node->options, optionPadding, 0), g));
	layer->multiplier = g->outChannels / g->inChannels;
	if ((weights->dims[3] != g->outChannels) || (layer->multiplier * g->inChannels != g->outChannels))
		return microRefuse(node, weights, "is for %d channels; the output has %d, the input %d", weights->dims[3], g->outChannels, g->inChannels);
	if (!microActivationRange(microFieldU8(reader, node->options, optionActivation, 0), &node->output, &layer->range))
		return microRefuse(node, NULL, "fused activation that is not understood");
	{
		Side width = { g->inWidth, g->outWidth, g->kernelWidth, g->strideWidth, g->dilationWidth, g->padLeft, 0, g->inChannels, g->outChannels, g->outChannels };
		Side height = { g->inHeight, g->outHeight, g->kernelHeight, g->strideHeight, g->dilationHeight, g->padTop, 0, g->inWidth * g->inChannels, g->outWidth * g->outChannels, g->kernelWidth * g->outChannels };
		measure(&width);
		measure(&height);
		/* Lines go along the rows or down the columns, whichever wastes less of the last blocks. */
		if (height.out * lineCost(width.out) <= width.out * lineCost(height.out)) {
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

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Depthwise layer;
	const MicroGeometry *g = &layer.geometry;
	uint64_t scratch;

	microCheck(setup(node, &layer));
	microCheck(microCheckLayer(node, g->outChannels, 3));
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

/* The plane of the channel that `from` points into; the border was filled before. */
static void gather(const Depthwise *layer, const int8_t *from, int8_t *plane) {
	int32_t lines = inside(&layer->across), length = inside(&layer->along), step = layer->along.inStep, line;

	plane += layer->across.pad * layer->along.plane + layer->along.pad;
	for (line = 0; line < lines; line++, plane += layer->along.plane, from += layer->across.inStep) {
		const int8_t *source = from;
		int8_t *to = plane, *end = plane + length;
		for (; end - to >= 4; to += 4) {
			int8_t a, b, c, d;
			a = *source; source += step;
			b = *source; source += step;
			c = *source; source += step;
			d = *source; source += step;
			to[0] = a;
			to[1] = b;
			to[2] = c;
			to[3] = d;
		}
		for (; to != end; source += step)
			*to++ = *source;
	}
}

/*
 * Three sums of neighbours along a line. With the kernel's width, the stride and the dilation constant, the compiler loads
 * each input once for all the sums it is in.
 */
#define threeSums(width, stride, dilation) do { \
		const int8_t *w_ = taps, *row_ = at; \
		int32_t y_, x_; \
		for (y_ = layer->across.kernel; y_ > 0; y_--, row_ += rowStep, w_ += (width)) \
			for (x_ = 0; x_ < (width); x_++) { \
				int32_t weight_ = w_[x_]; \
				const int8_t *tap_ = row_ + x_ * (dilation); \
				sum0 += (uint32_t)(weight_ * tap_[0]); \
				sum1 += (uint32_t)(weight_ * tap_[stride]); \
				sum2 += (uint32_t)(weight_ * tap_[2 * (stride)]); \
			} \
	} while (0)

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

/* A line of outputs. A last block that would run over is moved back and computes some of them twice. */
static void line(const Depthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const int32_t count = layer->along.out, stride = layer->along.stride, width = layer->along.kernel, dilation = layer->along.dilation;
	const int32_t rowStep = layer->across.dilation * layer->along.plane, outStep = layer->along.outStep;
	const bool three = (width == 3) && (dilation == 1);
	int32_t i;

	if (count < 3) {
		for (i = 0; i < count; i++)
			output[i * outStep] = microOutput(oneSum(layer, taps, plane + i * stride, rowStep), channel, &layer->range);
		return;
	}
	for (i = 0; i < count; i += 3) {
		int32_t first = i + 3 <= count ? i : count - 3;
		const int8_t *at = plane + first * stride;
		int8_t *to = output + first * outStep;
		uint32_t sum0 = 0, sum1 = 0, sum2 = 0;

		if (three && (stride == 1))
			threeSums(3, 1, 1);
		else if (three && (stride == 2))
			threeSums(3, 2, 1);
		else
			threeSums(width, stride, dilation);
		*to = microOutput(sum0, channel, &layer->range);
		to += outStep;
		*to = microOutput(sum1, channel, &layer->range);
		to += outStep;
		*to = microOutput(sum2, channel, &layer->range);
	}
}

/* The weights of output channel `channel`, in the plane's order. */
static void gatherTaps(const Depthwise *layer, const int8_t *weights, int8_t *taps) {
	int32_t y, x;
	for (y = 0; y < layer->across.kernel; y++)
		for (x = 0; x < layer->along.kernel; x++)
			*taps++ = weights[y * layer->across.weightStep + x * layer->along.weightStep];
}

static void run(MicroNode *node) {
	Depthwise layer;
	const MicroGeometry *g = &layer.geometry;
	int8_t *plane = (int8_t *)node->scratch, *taps;
	int32_t planeBytes, batch, c, m, i, inImage, outImage;

	setup(node, &layer);
	planeBytes = layer.along.plane * layer.across.plane;
	taps = plane + planeBytes;
	inImage = g->inHeight * g->inWidth * g->inChannels;
	outImage = g->outHeight * g->outWidth * g->outChannels;
	microFill(plane, node->input[0].zeroPoint, planeBytes);
	for (batch = 0; batch < g->batches; batch++)
		for (c = 0; c < g->inChannels; c++) {
			gather(&layer, (const int8_t *)node->input[0].data + batch * inImage + c, plane);
			for (m = 0; m < layer.multiplier; m++) {
				int32_t channel = c * layer.multiplier + m;
				int8_t *output = (int8_t *)(uintptr_t)node->output.data + batch * outImage + channel;
				MicroChannel folded;

				gatherTaps(&layer, (const int8_t *)node->input[1].data + channel, taps);
				microFoldChannel(node, &folded, (uint32_t)channel, taps, (uint32_t)(g->kernelHeight * g->kernelWidth));
				for (i = 0; i < layer.across.out; i++)
					line(&layer, plane + i * layer.across.stride * layer.along.plane, taps, &folded, output + i * layer.across.outStep);
			}
		}
}

const MicroKernel microKernelDEPTHWISE_CONV_2D = { "DEPTHWISE_CONV_2D", 4, 7, 2, 2, 3, check, run };
