/* TRANSPOSE_CONV, int8, or int16 with weights of int8: each output gathers the inputs whose windows reach it. */
#include "microSmall.h"
#include "micro16x8.h"
#include "microChannels.h"
#include "microFour.h"

enum { optionPadding, optionStrideWidth, optionStrideHeight, optionActivation };
#define options microFields(microByte, microInt, microInt, microByte, 0, 0, 0, 0)
enum { outputShape = 0, paddingSame = 0, together = 4 };

/* Along one axis. */
typedef struct {
	int32_t in, out, kernel, stride, before;
} Axis;

/* The operator's inputs are its output's shape, weights, data, bias. In the order of a convolution, its checks and scales are those of one. */
static void arrange(MicroNode *node) {
	node->input[outputShape] = node->input[2];
	node->input[2] = node->input[3];
	node->input[3].present = false;
}

static InferenceStatus axis(MicroNode *node, uint32_t i, int32_t stride, Axis *along) {
	const int32_t padding = node->option[optionPadding];
	int32_t windows, total;

	along->in = node->input[0].dims[i];
	along->out = node->output.dims[i];
	along->kernel = node->input[1].dims[i];
	along->stride = stride;
	microCheck(microExpectOf(node, NULL, quantityStride, stride, 1, 4096));
	microCheck(microExpectOf(node, &node->input[1], quantityWindow, along->kernel, 1, 4096));
	microCheck(microExpectOf(node, &node->output, quantityDimension, along->out, 1, 32767));
	microCheck(microExpectOf(node, &node->input[0], quantityDimension, along->in, 1, 32767));
	/* As many windows as a convolution of the output would have: its padding is that of this one. */
	windows = (along->out + stride - (padding == paddingSame ? 1 : along->kernel)) / stride;
	total = (windows - 1) * stride + along->kernel - along->out;
	along->before = total > 0 ? total / 2 : 0;
	return inferenceOk;
}

static InferenceStatus setup(MicroNode *node, Axis *height, Axis *width, MicroRange *range) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *output = &node->output;

	microCheck(microCheckNumbers(node, input));
	microCheck(microCheckNumbers(node, output));
	microCheck(microCheckRank(node, input, 4, 4));
	microCheck(microCheckRank(node, weights, 4, 4));
	microCheck(microCheckRank(node, output, 4, 4));
	microCheck(microExpectOf(node, NULL, quantityPadding, node->option[optionPadding], 0, 1));
	microCheck(microExpect(node, output, "batches:", output->dims[0], input->dims[0], input->dims[0]));
	microCheck(microExpect(node, output, "channels:", output->dims[3], weights->dims[0], weights->dims[0]));
	microCheck(microExpect(node, input, "channels:", input->dims[3], weights->dims[3], weights->dims[3]));
	microCheck(axis(node, 1, node->option[optionStrideHeight], height));
	microCheck(axis(node, 2, node->option[optionStrideWidth], width));
	return microCheckActivation(node, node->option[optionActivation], range);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *shape = &node->input[outputShape];
	MicroRange range;
	Axis height, width;

	(void)need;
	/* Of one that is computed TensorFlow Lite Micro, too, takes the file's. */
	if (shape->constant)
		microCheck(microCheckSizes(node, shape, 0, 4));
	arrange(node);
	microCheck(setup(node, &height, &width, &range));
	return microIsInt16(&node->output) ? microCheck16x8(node, node->output.dims[3], 0, microBiasOfInt64)
									   : microCheckLayer(node, node->output.dims[3], 0);
}

/* The sums at an output's place. */
static void gather(const MicroNode *node, const Axis *height, const Axis *width, const uint8_t *image, int32_t y,
	int32_t x, const int8_t *const *rows, MicroSums *sums) {
	const int32_t depth = node->input[0].dims[3];
	int32_t ky, kx;

	for (ky = 0; ky < height->kernel; ky++) {
		const int32_t top = y + height->before - ky, row = top / height->stride;
		if ((top < 0) || (top % height->stride) || (row >= height->in))
			continue;
		for (kx = 0; kx < width->kernel; kx++) {
			const int32_t left = x + width->before - kx, column = left / width->stride;
			if ((left < 0) || (left % width->stride) || (column >= width->in))
				continue;
			const int32_t from = (row * width->in + column) * depth, at = (ky * width->kernel + kx) * depth;
			if (microIsInt16(&node->output))
				microAddFour(sums, true, image + 2 * from, depth, 0, rows, at);
			else
				microFour((const int8_t *)image + from, depth, node->input[0].zeroPoint, rows, at, sums->narrow);
		}
	}
}

static void run(MicroNode *node) {
	const bool isWide = microIsInt16(&node->output);
	const int32_t channels = node->output.dims[3], bytes = isWide ? 2 : 1;
	const int8_t *rows[together];
	int32_t batch, y, x, c, k;
	MicroRange range;
	MicroLayer layer;
	Axis height, width;

	arrange(node);
	setup(node, &height, &width, &range);
	microLayer(node, &layer);
	for (c = 0; c < channels; c += together) {
		const uint8_t *image = node->input[0].data;
		MicroScale scales[together];
		MicroSums bias;
		for (k = 0; k < together; k++) {
			const int32_t channel = c + k < channels ? c + k : channels - 1;
			microChannelScale(&layer, (uint32_t)channel, &scales[k]);
			microStartSum(&bias, k, isWide, layer.bias, (uint32_t)channel);
			rows[k] = layer.weights + channel * height.kernel * width.kernel * node->input[0].dims[3];
		}
		for (batch = 0; batch < node->output.dims[0]; batch++) {
			uint8_t *to =
				(uint8_t *)(uintptr_t)node->output.data + (batch * height.out * width.out * channels + c) * bytes;
			for (y = 0; y < height.out; y++)
				for (x = 0; x < width.out; x++, to += channels * bytes) {
					MicroSums sums = bias;
					gather(node, &height, &width, image, y, x, rows, &sums);
					for (k = 0; (k < together) && (c + k < channels); k++)
						microPutNumber(to + k * bytes, isWide,
							microClamp((int32_t)((uint32_t)microScaledSum(&sums, k, isWide, scales[k]) +
										   (uint32_t)range.zeroPoint),
								range.low, range.high));
				}
			image += height.in * width.in * node->input[0].dims[3] * bytes;
		}
	}
}

const MicroKernel microKernelTRANSPOSE_CONV = { microIdentity(TRANSPOSE_CONV), 4, 3, 4, options, check, run };
