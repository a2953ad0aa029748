/*
 * CONV_2D, int8. A block of output pixels is gathered into scratch (taps outside the image become the zero point), then
 * every output channel is computed from the copy. Because a block's input is read whole before its output is written, the
 * output may lie over the input as far as microWindowOverlap allows, and a pointwise layer may run in place.
 */
#include "microChannels.h"
#include "microDot.h"
#include "microGeometry.h"
#include "microCopy.h"

enum { optionPadding = 0, optionStrideWidth = 1, optionStrideHeight = 2, optionActivation = 3, optionDilationWidth = 4, optionDilationHeight = 5 };

typedef struct {
	MicroGeometry geometry;
	uint32_t taps;             /* weights of one output channel */
	uint32_t tapsRoom;         /* rounded up, so that every gathered pixel is word aligned */
	MicroRange range;
} Conv;

static InferenceStatus setup(MicroNode *node, Conv *conv) {
	const MicroTensor *weights = &node->input[1];
	MicroReader *reader = &node->reader;
	MicroGeometry *g = &conv->geometry;

	if (!node->options)
		return microRefuse(node, NULL, "has no options");
	if (weights->rank != 4)
		return microRefuse(node, weights, "has %u dimensions, 4 expected", (uint32_t)weights->rank);
	g->kernelHeight = weights->dims[1];
	g->kernelWidth = weights->dims[2];
	g->strideWidth = microFieldI32(reader, node->options, optionStrideWidth, 0);
	g->strideHeight = microFieldI32(reader, node->options, optionStrideHeight, 0);
	g->dilationWidth = microFieldI32(reader, node->options, optionDilationWidth, 1);
	g->dilationHeight = microFieldI32(reader, node->options, optionDilationHeight, 1);
	microCheck(microGeometry(node, microFieldU8(reader, node->options, optionPadding, 0), g));
	if ((weights->dims[0] != g->outChannels) || (weights->dims[3] != g->inChannels))
		return microRefuse(node, weights, "is for %d -> %d channels, %d -> %d expected", weights->dims[3], weights->dims[0], g->inChannels, g->outChannels);
	if (!microActivationRange(microFieldU8(reader, node->options, optionActivation, 0), &node->output, &conv->range))
		return microRefuse(node, NULL, "fused activation that is not understood");
	conv->taps = weights->elements / (uint32_t)g->outChannels;
	conv->tapsRoom = (conv->taps + 3) & ~3u;
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Conv conv;
	uint64_t scratch;

	microCheck(setup(node, &conv));
	microCheck(microCheckLayer(node, conv.geometry.outChannels, 0));
	scratch = (uint64_t)conv.tapsRoom * microPixels + (uint64_t)conv.geometry.outChannels * sizeof(MicroChannel);
	if (scratch > INT32_MAX)
		return microRefuse(node, &node->input[1], "is too large");
	need->scratch = (uint32_t)scratch;
	need->overlap[0] = microWindowOverlap(&conv.geometry, microPixels);
	return inferenceOk;
}

/* Copies the window of output pixel (batch, y, x) into `to`, taps in the order of the weights. */
static void gather(const Conv *conv, const int8_t *input, int32_t zeroPoint, int32_t batch, int32_t y, int32_t x, int8_t *to) {
	const MicroGeometry *g = &conv->geometry;
	int32_t channels = g->inChannels, left = microLeft(g, x), row = microTop(g, y), ky, kx;
	int32_t first = left < 0 ? -left : 0, last = g->inWidth - left < g->kernelWidth ? g->inWidth - left : g->kernelWidth;

	input += batch * g->inHeight * g->inWidth * channels;
	for (ky = 0; ky < g->kernelHeight; ky++, row += g->dilationHeight) {
		const int8_t *from = input + (row * g->inWidth + left) * channels;
		if ((row < 0) || (row >= g->inHeight)) {
			microFill(to, zeroPoint, g->kernelWidth * channels);
			to += g->kernelWidth * channels;
		}
		else if (g->dilationWidth == 1) {
			/* The taps of one row are neighbours in memory. */
			if (last <= first) {
				microFill(to, zeroPoint, g->kernelWidth * channels);
			}
			else {
				microFill(to, zeroPoint, first * channels);
				microCopy(to + first * channels, from + first * channels, (last - first) * channels);
				microFill(to + last * channels, zeroPoint, (g->kernelWidth - last) * channels);
			}
			to += g->kernelWidth * channels;
		}
		else {
			for (kx = 0; kx < g->kernelWidth; kx++, to += channels) {
				int32_t column = left + kx * g->dilationWidth;
				if ((column < 0) || (column >= g->inWidth))
					microFill(to, zeroPoint, channels);
				else
					microCopy(to, input + (row * g->inWidth + column) * channels, channels);
			}
		}
	}
}

/* All output channels of the gathered pixels; `count` of them are real. */
static void multiply(const MicroNode *node, const Conv *conv, const MicroChannel *channels, const int8_t *gathered, int8_t *output, int32_t count) {
	int32_t outChannels = conv->geometry.outChannels, taps = (int32_t)conv->taps, c, o, p;
	const int8_t *weights = (const int8_t *)node->input[1].data;

	for (c = 0; c < outChannels; c += microOutputs, weights += microOutputs * taps) {
		uint32_t sums[microOutputs * microPixels], *sum = sums;
		int32_t rows = outChannels - c < microOutputs ? outChannels - c : microOutputs;

		/* Past the last channel or pixel the last one is computed again and dropped. */
		microDotBlock(weights, taps, rows, gathered, (int32_t)conv->tapsRoom, taps, sums);
		for (o = 0; o < rows; o++, sum += microPixels) {
			int8_t *to = output + c + o;
			for (p = 0; p < count; p++, to += outChannels)
				*to = microOutput(sum[p], &channels[c + o], &conv->range);
		}
	}
}

static void run(MicroNode *node) {
	Conv conv;
	const MicroGeometry *g = &conv.geometry;
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	MicroChannel *channels = (MicroChannel *)(uintptr_t)node->scratch;
	int8_t *gathered;
	int32_t pixels, image, blocks, step = 1, block, c;

	setup(node, &conv);
	gathered = (int8_t *)(channels + g->outChannels);
	image = g->outHeight * g->outWidth;
	pixels = g->batches * image;
	blocks = (pixels + microPixels - 1) / microPixels;
	for (c = 0; c < g->outChannels; c++)
		microFoldChannel(node, &channels[c], (uint32_t)c, (const int8_t *)node->input[1].data + (uint32_t)c * conv.taps, conv.taps);
	if (microMeet(&node->input[0], &node->output)) {
		MicroOverlap overlap = microWindowOverlap(g, microPixels);
		if (input - output < overlap.forward)
			step = -1;
	}
	for (block = step > 0 ? 0 : blocks - 1; (block >= 0) && (block < blocks); block += step) {
		int32_t first = block * microPixels, count = pixels - first < microPixels ? pixels - first : microPixels, p;
		for (p = 0; p < count; p++) {
			int32_t at = (first + p) % image;
			gather(&conv, input, node->input[0].zeroPoint, (first + p) / image, at / g->outWidth, at % g->outWidth, gathered + p * (int32_t)conv.tapsRoom);
		}
		multiply(node, &conv, channels, gathered, output + first * g->outChannels, count);
	}
}

const MicroKernel microKernelCONV_2D = { "CONV_2D", 3, 8, 1, 2, 3, check, run };
