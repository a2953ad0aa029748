#include "microSmall.h"
#include "microGeometry.h"

/* The output size along one axis and the padding before it: TensorFlow's SAME and VALID. */
static bool axis(uint8_t padding, int32_t in, int32_t kernel, int32_t stride, int32_t dilation, int32_t *out, int32_t *before) {
	/* At most 4096 * 4096; an image is at most 32767 wide. */
	int32_t extent = (kernel - 1) * dilation + 1, total;

	*out = (padding == microPaddingSame ? in + stride - 1 : in + stride - extent) / stride;
	if ((*out < 1) || ((padding == microPaddingValid) && (extent > in)))
		return false;
	total = (*out - 1) * stride + extent - in;
	*before = total > 0 ? total / 2 : 0;
	return true;
}

InferenceStatus microGeometry(MicroNode *node, uint8_t padding, MicroGeometry *g) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	/* Products of these with an image's size stay far inside 32 bits. */
	const int32_t most = 4096;

	if ((input->rank != 4) || (output->rank != 4))
		return microRefuse(node, input->rank != 4 ? input : output, "has %u dimensions, 4 expected", (uint32_t)(input->rank != 4 ? input : output)->rank);
	g->batches = input->dims[0];
	g->inHeight = input->dims[1];
	g->inWidth = input->dims[2];
	g->inChannels = input->dims[3];
	g->outChannels = output->dims[3];
	if ((g->inHeight > 32767) || (g->inWidth > 32767))
		return microRefuse(node, input, "is %d x %d, at most 32767 x 32767 expected", g->inHeight, g->inWidth);
	if ((g->strideHeight < 1) || (g->strideWidth < 1) || (g->strideHeight > most) || (g->strideWidth > most))
		return microRefuse(node, NULL, "strides %d x %d, 1..%d expected", g->strideHeight, g->strideWidth, most);
	if ((g->dilationHeight < 1) || (g->dilationWidth < 1) || (g->dilationHeight > most) || (g->dilationWidth > most))
		return microRefuse(node, NULL, "dilation %d x %d, 1..%d expected", g->dilationHeight, g->dilationWidth, most);
	if ((g->kernelHeight < 1) || (g->kernelWidth < 1) || (g->kernelHeight > most) || (g->kernelWidth > most))
		return microRefuse(node, NULL, "window %d x %d, 1..%d expected", g->kernelHeight, g->kernelWidth, most);
	if (padding > microPaddingValid)
		return microRefuse(node, NULL, "padding %u, 0 or 1 expected", (uint32_t)padding);
	if (!axis(padding, g->inHeight, g->kernelHeight, g->strideHeight, g->dilationHeight, &g->outHeight, &g->padTop)
		|| !axis(padding, g->inWidth, g->kernelWidth, g->strideWidth, g->dilationWidth, &g->outWidth, &g->padLeft))
		return microRefuse(node, NULL, "the window does not fit the %d x %d image", g->inHeight, g->inWidth);
	if ((output->dims[0] != g->batches) || (output->dims[1] != g->outHeight) || (output->dims[2] != g->outWidth))
		return microRefuse(node, output, "is %d x %d x %d, %d x %d x %d expected", output->dims[0], output->dims[1], output->dims[2], g->batches, g->outHeight, g->outWidth);
	return inferenceOk;
}

static int32_t clampTo(int32_t y, int32_t size) {
	return y < 0 ? 0 : y > size ? size : y;
}

MicroOverlap microWindowOverlap(const MicroGeometry *g, int32_t block) {
	MicroOverlap overlap = { INT32_MIN, INT32_MIN };
	int32_t inRow = g->inWidth * g->inChannels, pixels = g->batches * g->outHeight * g->outWidth, pixel = 0;
	int32_t extentHeight = (g->kernelHeight - 1) * g->dilationHeight + 1, extentWidth = (g->kernelWidth - 1) * g->dilationWidth + 1;
	int32_t row, x;

	/*
	 * Forward, what is written before a pixel is read are the blocks before its own, and that must end at or before the
	 * first byte it reads. Backward, it is the blocks after its own, and they must begin at or after the last byte it reads.
	 * The bounds are the worst over all pixels.
	 */
	for (row = 0; row < g->batches * g->outHeight; row++) {
		int32_t y = row % g->outHeight, image = row / g->outHeight * g->inHeight * inRow;
		int32_t top = clampTo(microTop(g, y), g->inHeight), bottom = clampTo(microTop(g, y) + extentHeight, g->inHeight);
		for (x = 0; x < g->outWidth; x++, pixel++) {
			int32_t left = clampTo(microLeft(g, x), g->inWidth), right = clampTo(microLeft(g, x) + extentWidth, g->inWidth);
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
