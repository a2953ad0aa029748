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

/* Output pixels of one channel computed together: they share each weight's load. */
#define microPlanePixels 3

typedef struct {
	MicroGeometry geometry;
	int32_t multiplier;
	int32_t planeHeight, planeWidth;
	MicroRange range;
} Depthwise;

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
	layer->planeHeight = (g->outHeight - 1) * g->strideHeight + (g->kernelHeight - 1) * g->dilationHeight + 1;
	layer->planeWidth = (g->outWidth - 1) * g->strideWidth + (g->kernelWidth - 1) * g->dilationWidth + 1;
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Depthwise layer;
	const MicroGeometry *g = &layer.geometry;
	uint64_t scratch;

	microCheck(setup(node, &layer));
	microCheck(microCheckLayer(node, g->outChannels, 3));
	scratch = (uint64_t)layer.planeHeight * (uint64_t)layer.planeWidth + (uint64_t)(g->kernelHeight * g->kernelWidth);
	if (scratch > INT32_MAX)
		return microRefuse(node, &node->input[0], "is too large once it is padded");
	need->scratch = (uint32_t)scratch;
	if ((layer.multiplier == 1) && (g->batches == 1))
		need->overlap[0].exact = true;
	return inferenceOk;
}

/* The plane of channel `from` points into; the border was filled before. */
static void gather(const Depthwise *layer, const int8_t *from, int8_t *plane) {
	const MicroGeometry *g = &layer->geometry;
	int32_t channels = g->inChannels, y, x;
	int32_t height = layer->planeHeight - g->padTop < g->inHeight ? layer->planeHeight - g->padTop : g->inHeight;
	int32_t width = layer->planeWidth - g->padLeft < g->inWidth ? layer->planeWidth - g->padLeft : g->inWidth;

	plane += g->padTop * layer->planeWidth + g->padLeft;
	for (y = 0; y < height; y++, plane += layer->planeWidth, from += g->inWidth * channels) {
		const int8_t *source = from;
		int8_t *to = plane, *end = plane + width;
		for (; end - to >= 4; to += 4) {
			int8_t a, b, c, d;
			a = *source; source += channels;
			b = *source; source += channels;
			c = *source; source += channels;
			d = *source; source += channels;
			to[0] = a;
			to[1] = b;
			to[2] = c;
			to[3] = d;
		}
		for (x = (int32_t)(end - to); x > 0; x--, source += channels)
			*to++ = *source;
	}
}

/* `pixels` sums at once, from plane positions `step` apart. `kernelWidth` and `dilation` constant let the compiler unroll. */
#define planeSums(pixels, kernelWidth, dilation) do { \
		const int8_t *w_ = taps, *row_ = at; \
		int32_t ky_, kx_, p_; \
		for (ky_ = 0; ky_ < kernelHeight; ky_++, row_ += rowStep) { \
			const int8_t *x_[pixels]; \
			_Pragma("GCC unroll 4") \
			for (p_ = 0; p_ < (pixels); p_++) x_[p_] = row_ + p_ * step; \
			_Pragma("GCC unroll 4") \
			for (kx_ = 0; kx_ < (kernelWidth); kx_++) { \
				int32_t weight_ = *w_++; \
				_Pragma("GCC unroll 4") \
				for (p_ = 0; p_ < (pixels); p_++) { \
					sum[p_] += (uint32_t)(weight_ * *x_[p_]); \
					x_[p_] += (dilation); \
				} \
			} \
		} \
	} while (0)

/*
 * A line of `count` output pixels: plane positions `step` apart, output positions `outStep` apart. A last block that would
 * run over is moved back and computes some pixels twice.
 */
static void line(const Depthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel,
	int32_t count, int32_t step, int8_t *output, int32_t outStep) {
	const MicroGeometry *g = &layer->geometry;
	const int32_t kernelHeight = g->kernelHeight, kernelWidth = g->kernelWidth, dilation = g->dilationWidth;
	const int32_t rowStep = g->dilationHeight * layer->planeWidth;
	int32_t i, p;

	if (count < microPlanePixels) {
		for (i = 0; i < count; i++) {
			const int8_t *at = plane + i * step;
			uint32_t sum[1] = { 0 };
			planeSums(1, kernelWidth, dilation);
			output[i * outStep] = microOutput(sum[0], channel, &layer->range);
		}
		return;
	}
	for (i = 0; i < count; i += microPlanePixels) {
		int32_t first = i + microPlanePixels <= count ? i : count - microPlanePixels;
		const int8_t *at = plane + first * step;
		int8_t *to = output + first * outStep;
		uint32_t sum[microPlanePixels];

		_Pragma("GCC unroll 4")
		for (p = 0; p < microPlanePixels; p++)
			sum[p] = 0;
		if ((kernelWidth == 3) && (dilation == 1))
			planeSums(microPlanePixels, 3, 1);
		else
			planeSums(microPlanePixels, kernelWidth, dilation);
		_Pragma("GCC unroll 4")
		for (p = 0; p < microPlanePixels; p++)
			to[p * outStep] = microOutput(sum[p], channel, &layer->range);
	}
}

/* How many pixels a line of `count` costs. */
static int32_t lineCost(int32_t count) {
	return count < microPlanePixels ? count * 2 : (count + microPlanePixels - 1) / microPlanePixels * microPlanePixels;
}

static void run(MicroNode *node) {
	Depthwise layer;
	const MicroGeometry *g = &layer.geometry;
	const int8_t *weights = (const int8_t *)node->input[1].data;
	int8_t *plane = (int8_t *)node->scratch, *taps;
	int32_t tapCount, batch, c, m, i, inImage, outImage;

	setup(node, &layer);
	tapCount = g->kernelHeight * g->kernelWidth;
	taps = plane + layer.planeHeight * layer.planeWidth;
	inImage = g->inHeight * g->inWidth * g->inChannels;
	outImage = g->outHeight * g->outWidth * g->outChannels;
	microFill(plane, node->input[0].zeroPoint, layer.planeHeight * layer.planeWidth);
	for (batch = 0; batch < g->batches; batch++)
		for (c = 0; c < g->inChannels; c++) {
			gather(&layer, (const int8_t *)node->input[0].data + batch * inImage + c, plane);
			for (m = 0; m < layer.multiplier; m++) {
				int32_t channel = c * layer.multiplier + m;
				int8_t *output = (int8_t *)(uintptr_t)node->output.data + batch * outImage + channel;
				int32_t across = g->outChannels, down = g->outWidth * g->outChannels;
				MicroChannel folded;

				for (i = 0; i < tapCount; i++)
					taps[i] = weights[i * g->outChannels + channel];
				microFoldChannel(node, &folded, (uint32_t)channel, taps, (uint32_t)tapCount);
				/* Lines go along the rows or down the columns, whichever wastes less of the last blocks. */
				if (g->outHeight * lineCost(g->outWidth) <= g->outWidth * lineCost(g->outHeight))
					for (i = 0; i < g->outHeight; i++)
						line(&layer, plane + i * g->strideHeight * layer.planeWidth, taps, &folded, g->outWidth, g->strideWidth, output + i * down, across);
				else
					for (i = 0; i < g->outWidth; i++)
						line(&layer, plane + i * g->strideWidth, taps, &folded, g->outHeight, g->strideHeight * layer.planeWidth, output + i * across, down);
			}
		}
}

const MicroKernel microKernelDEPTHWISE_CONV_2D = { "DEPTHWISE_CONV_2D", 4, 7, 2, 2, 3, check, run };
