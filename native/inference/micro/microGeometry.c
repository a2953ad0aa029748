#include "microSmall.h"
#include "microGeometry.h"

/* Option fields common to all window operators; the window size is only in pooling's. */
enum { optionPadding = 0, optionStrideWidth = 1, optionStrideHeight = 2, optionWidth = 3, optionHeight = 4 };

/* Checks dimension d of input and output, and sets the padding before it: TensorFlow's SAME and VALID. */
static InferenceStatus checkAxis(
	MicroNode *node, uint32_t d, int32_t kernel, int32_t stride, int32_t dilation, int32_t *out, int32_t *before) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	const int32_t in = input->dims[d];
	int32_t extent, total;

	/* Products of these stay far inside 32 bits. */
	microCheck(microExpectOf(node, input, quantityDimension, in, 1, 32767));
	microCheck(microExpectOf(node, NULL, quantityWindow, kernel, 1, 4096));
	microCheck(microExpectOf(node, NULL, quantityStride, stride, 1, 4096));
	microCheck(microExpectOf(node, NULL, quantityDilation, dilation, 1, 4096));
	extent = (kernel - 1) * dilation + 1;
	*out = (in + stride - (node->option[optionPadding] == microPaddingSame ? 1 : extent)) / stride;
	if (*out < 1)
		return microRefuse(node, input, "is smaller than the window");
	total = (*out - 1) * stride + extent - in;
	*before = total > 0 ? total >> 1 : 0;
	return microExpectOf(node, output, quantityDimension, output->dims[d], *out, *out);
}

static InferenceStatus checkImage(MicroNode *node, const MicroTensor *tensor) {
	microCheck(microCheckNumbers(node, tensor));
	return microCheckRank(node, tensor, 4, 4);
}

InferenceStatus microWindow(
	MicroNode *node, const int32_t *dilation, int32_t activation, MicroGeometry *g, MicroRange *range) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *output = &node->output;

	microCheck(checkImage(node, input));
	microCheck(checkImage(node, output));
	g->batches = input->dims[0];
	g->inHeight = input->dims[1];
	g->inWidth = input->dims[2];
	g->inChannels = input->dims[3];
	g->outChannels = output->dims[3];
	g->strideHeight = node->option[optionStrideHeight];
	g->strideWidth = node->option[optionStrideWidth];
	g->dilationHeight = g->dilationWidth = 1;
	if (dilation) {
		microCheck(microCheckRank(node, weights, 4, 4));
		g->kernelHeight = weights->dims[1];
		g->kernelWidth = weights->dims[2];
		g->dilationHeight = dilation[1];
		g->dilationWidth = dilation[0];
	} else {
		g->kernelHeight = node->option[optionHeight];
		g->kernelWidth = node->option[optionWidth];
	}
	microCheck(
		microExpectOf(node, NULL, quantityPadding, node->option[optionPadding], microPaddingSame, microPaddingValid));
	microCheck(checkAxis(node, 1, g->kernelHeight, g->strideHeight, g->dilationHeight, &g->outHeight, &g->padTop));
	microCheck(checkAxis(node, 2, g->kernelWidth, g->strideWidth, g->dilationWidth, &g->outWidth, &g->padLeft));
	microCheck(microExpectOf(node, output, quantityDimension, output->dims[0], g->batches, g->batches));
	return microCheckActivation(node, activation, range);
}

MicroOverlap microWindowOverlap(const MicroGeometry *g, int32_t block) {
	MicroOverlap overlap = { INT32_MIN, INT32_MIN };
	const int32_t inRow = g->inWidth * g->inChannels, pixels = g->batches * g->outHeight * g->outWidth;
	int32_t pixel = 0, image, y, x;

	/*
	 * Forward, the blocks before a pixel's own are written before it is read, and must end at or before the
	 * first byte it reads. Backward, the blocks after its own are, and must begin at or after the last byte it reads.
	 * The bounds are the worst over all pixels. Every window has a tap inside of the image.
	 */
	for (image = 0; image < g->batches * g->inHeight; image += g->inHeight)
		for (y = 0; y < g->outHeight; y++) {
			const int32_t top = microTop(g, y), bottom = top + (g->kernelHeight - 1) * g->dilationHeight;
			const int32_t first = (image + (top > 0 ? top : 0)) * inRow,
						  last = (image + (bottom < g->inHeight ? bottom : g->inHeight - 1)) * inRow;
			for (x = 0; x < g->outWidth; x++, pixel++) {
				const int32_t left = microLeft(g, x), right = left + (g->kernelWidth - 1) * g->dilationWidth + 1;
				const int32_t start = pixel - pixel % block, end = start + block < pixels ? start + block : pixels;
				int32_t distance = start * g->outChannels - (first + (left > 0 ? left : 0) * g->inChannels);
				if (distance > overlap.forward)
					overlap.forward = distance;
				distance = last + (right < g->inWidth ? right : g->inWidth) * g->inChannels - end * g->outChannels;
				if (distance > overlap.backward)
					overlap.backward = distance;
			}
		}
	return overlap;
}
