/*
 * CONV_2D, int8. The windows of a block of output pixels are gathered into scratch (im2col; taps outside the image become the zero point), then
 * every output channel is computed from the copy. Because a block's input is read whole before its output is written, the
 * output may overlap the input as far as microWindowOverlap allows, and a pointwise layer may run in place.
 */
#include "microSmall.h"
#include "microChannels.h"
#include "microDot.h"
#include "microGeometry.h"
#include "externalKernel.h"

enum { optionActivation = 3, optionDilation = 4 };
#define options microFields(microByte, microInt, microInt, microByte, microIntOr1, microIntOr1, 0, 0)

typedef struct {
	MicroGeometry geometry;
	uint32_t taps;  /* weights of one output channel */
	bool pointwise; /* a window of one pixel, every pixel */
	MicroRange range;
} Conv;

static microCold InferenceStatus setup(MicroNode *node, Conv *conv) {
	const MicroTensor *weights = &node->input[1];
	MicroGeometry *g = &conv->geometry;

	microCheck(microWindow(node, &node->option[optionDilation], node->option[optionActivation], g, &conv->range));
	microCheck(microExpect(node, weights, "input channel count", weights->dims[3], g->inChannels, g->inChannels));
	microCheck(microExpect(node, weights, "output channel count", weights->dims[0], g->outChannels, g->outChannels));
	conv->taps = weights->elements / (uint32_t)g->outChannels;
	conv->pointwise =
		(g->kernelHeight == 1) && (g->kernelWidth == 1) && (g->strideHeight == 1) && (g->strideWidth == 1);
	return inferenceOk;
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Conv conv;
	uint64_t scratch;

	microCheck(setup(node, &conv));
	microCheck(microCheckLayer(node, conv.geometry.outChannels, 0));
	need->scratch = externalKernelScratch(&conv.geometry, false, &conv.range, node);
	if (need->scratch)
		return inferenceOk;
	scratch = microBlockBytes((uint64_t)conv.taps) + (uint64_t)conv.geometry.outChannels * sizeof(MicroChannel);
	if (scratch > INT32_MAX)
		return microRefuse(node, &node->input[1], "is too large");
	need->scratch = (uint32_t)scratch;
	need->overlap[0] = microWindowOverlap(&conv.geometry, microPixels);
	return inferenceOk;
}

/*
 * Packs the window of output pixel (batch, y, x) into the block at `to`, taps in the order of the weights.
 */
static void gather(
	const Conv *conv, const MicroTensor *input, int32_t batch, int32_t y, int32_t x, int32_t *to, bool odd) {
	const MicroGeometry *g = &conv->geometry;
	const int8_t zero = (int8_t)input->zeroPoint;
	int32_t channels = g->inChannels, apart = g->dilationWidth, left = microLeft(g, x), row = microTop(g, y), ky, kx;
	/* Taps from first to last are inside the image. */
	int32_t first = left < 0 ? (apart - 1 - left) / apart : 0, last = (g->inWidth - left + apart - 1) / apart;

	if (last > g->kernelWidth)
		last = g->kernelWidth;
	for (ky = 0; ky < g->kernelHeight; ky++, row += g->dilationHeight) {
		const int8_t *from = (const int8_t *)input->data + ((batch * g->inHeight + row) * g->inWidth + left) * channels;
		bool outside = (row < 0) || (row >= g->inHeight) || (last <= first);
		int32_t begin = outside ? g->kernelWidth : first, end = outside ? g->kernelWidth : last;
		/* Neighbours in the image are neighbours in memory. */
		int32_t run = apart == 1 ? end - begin : 1;

		to = packPixelPairs(to, &zero, 0, begin * channels, odd);
		for (kx = begin; kx < end; kx += run)
			to = packPixelPairs(to, from + kx * apart * channels, 1, run * channels, odd);
		to = packPixelPairs(to, &zero, 0, (g->kernelWidth - end) * channels, odd);
	}
}

static void run(MicroNode *node) {
	Conv conv;
	const MicroGeometry *g = &conv.geometry;
	const MicroTensor *input = &node->input[0];
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	MicroChannel *channels = (MicroChannel *)(uintptr_t)node->scratch;
	int32_t *gathered;
	int32_t pixels, image, first, step = microPixels, c;
	MicroDots dots;
	MicroLayer layer;

	setup(node, &conv);
	if (externalKernelScratch(g, false, &conv.range, node)) {
		externalKernelRun(g, false, &conv.range, node);
		return;
	}
	microLayer(node, &layer);
	dots.weights = (const int8_t *)node->input[1].data;
	dots.channels = channels;
	dots.outputs = g->outChannels;
	dots.count = (int32_t)conv.taps;
	dots.range = conv.range;
	gathered = (int32_t *)(channels + g->outChannels);
	image = g->outHeight * g->outWidth;
	pixels = g->batches * image;
	for (c = 0; c < g->outChannels; c++)
		microFoldChannel(&layer, &channels[c], (uint32_t)c, dots.weights + c * dots.count, conv.taps, 0);
	if (node->backward)
		step = -microPixels;
	for (first = step > 0 ? 0 : (pixels - 1) / microPixels * microPixels; (first >= 0) && (first < pixels);
		 first += step) {
		int32_t count = pixels - first < microPixels ? pixels - first : microPixels, p;

		for (p = 0; p < count; p++) {
			int32_t pixel = first + p, at = pixel % image;
			if (conv.pointwise)
				packPixelPairs(
					gathered + p / 2, (const int8_t *)input->data + pixel * dots.count, 1, dots.count, p & 1);
			else
				gather(&conv, input, pixel / image, at / g->outWidth, at % g->outWidth, gathered + p / 2, p & 1);
		}
		microDotPixels(&dots, gathered, count, output + first * g->outChannels);
	}
}

const MicroKernel microKernelCONV_2D = { microIdentity(CONV_2D), 8, 2, 3, options, check, run };
