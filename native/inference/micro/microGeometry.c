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
	microCheck(microExpect(node, NULL, "window", kernel, 1, 4096));
	microCheck(microExpect(node, NULL, "stride", stride, 1, 4096));
	microCheck(microExpect(node, NULL, "dilation", dilation, 1, 4096));
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
	microCheck(microExpect(node, NULL, "padding", node->option[optionPadding], microPaddingSame, microPaddingValid));
	microCheck(checkAxis(node, 1, g->kernelHeight, g->strideHeight, g->dilationHeight, &g->outHeight, &g->padTop));
	microCheck(checkAxis(node, 2, g->kernelWidth, g->strideWidth, g->dilationWidth, &g->outWidth, &g->padLeft));
	microCheck(microExpectOf(node, output, quantityDimension, output->dims[0], g->batches, g->batches));
	return microCheckActivation(node, activation, range);
}

static int32_t clampTo(int32_t y, int32_t size) {
	return y < 0 ? 0 : y > size ? size : y;
}

MicroOverlap microWindowOverlap(const MicroGeometry *g, int32_t block) {
	MicroOverlap overlap = { INT32_MIN, INT32_MIN };
	int32_t inRow = g->inWidth * g->inChannels, pixels = g->batches * g->outHeight * g->outWidth, pixel = 0;
	int32_t extentHeight = (g->kernelHeight - 1) * g->dilationHeight + 1,
			extentWidth = (g->kernelWidth - 1) * g->dilationWidth + 1;
	int32_t row, x;

	/*
	 * Forward, the blocks before a pixel's own are written before it is read, and must end at or before the
	 * first byte it reads. Backward, the blocks after its own are, and must begin at or after the last byte it reads.
	 * The bounds are the worst over all pixels.
	 */
	for (row = 0; row < g->batches * g->outHeight; row++) {
		int32_t y = row % g->outHeight, image = row / g->outHeight * g->inHeight * inRow;
		int32_t top = clampTo(microTop(g, y), g->inHeight),
				bottom = clampTo(microTop(g, y) + extentHeight, g->inHeight);
		for (x = 0; x < g->outWidth; x++, pixel++) {
			int32_t left = clampTo(microLeft(g, x), g->inWidth),
					right = clampTo(microLeft(g, x) + extentWidth, g->inWidth);
			int32_t start = pixel - pixel % block, end = start + block < pixels ? start + block : pixels, distance;
			if ((top >= bottom) || (left >= right))
				continue;
			distance = start * g->outChannels - (image + top * inRow + left * g->inChannels);
			if (distance > overlap.forward)
				overlap.forward = distance;
			distance = image + (bottom - 1) * inRow + right * g->inChannels - end * g->outChannels;
			if (distance > overlap.backward)
				overlap.backward = distance;
		}
	}
	return overlap;
}
