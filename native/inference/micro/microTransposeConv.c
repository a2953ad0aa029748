/* TRANSPOSE_CONV, int8: each output gathers the inputs whose windows reach it. */
#include "microSmall.h"
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
	microCheck(microExpect(node, NULL, "stride", stride, 1, 4096));
	microCheck(microExpect(node, &node->input[1], "window", along->kernel, 1, 4096));
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

	microCheck(microCheckInt8(node, input));
	microCheck(microCheckInt8(node, output));
	microCheck(microCheckRank(node, input, 4, 4));
	microCheck(microCheckRank(node, weights, 4, 4));
	microCheck(microCheckRank(node, output, 4, 4));
	microCheck(microExpect(node, NULL, "padding", node->option[optionPadding], 0, 1));
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
	uint32_t i;

	(void)need;
	microCheck(microCheckIndices(node, shape, 4));
	for (i = 0; (i < 4) && (i < node->output.rank); i++)
		microCheck(microExpect(
			node, shape, "output dimension", microI32(shape, i), node->output.dims[i], node->output.dims[i]));
	arrange(node);
	microCheck(setup(node, &height, &width, &range));
	return microCheckLayer(node, node->output.dims[3], 0);
}

/* The sums of `together` channels at an output's place. */
static void gather(const MicroNode *node, const Axis *height, const Axis *width, const int8_t *image, int32_t y,
	int32_t x, const int8_t *const *rows, uint32_t *sums) {
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
			microFour(image + (row * width->in + column) * depth, depth, node->input[0].zeroPoint, rows,
				(ky * width->kernel + kx) * depth, sums);
		}
	}
}

static void run(MicroNode *node) {
	const int8_t *image, *weights, *rows[together];
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	const int32_t channels = node->output.dims[3];
	int32_t batch, y, x, c, k;
	MicroRange range;
	MicroLayer layer;
	MicroScale scale;
	Axis height, width;

	arrange(node);
	setup(node, &height, &width, &range);
	microLayer(node, &layer);
	weights = (const int8_t *)node->input[1].data;
	for (c = 0; c < channels; c += together) {
		MicroScale scales[together];
		uint32_t bias[together];
		for (k = 0; k < together; k++) {
			const int32_t channel = c + k < channels ? c + k : channels - 1;
			microChannelScale(&layer, (uint32_t)channel, &scale);
			scales[k] = scale;
			bias[k] = (uint32_t)microChannelBias(&layer, (uint32_t)channel);
			rows[k] = weights + channel * height.kernel * width.kernel * node->input[0].dims[3];
		}
		image = (const int8_t *)node->input[0].data;
		for (batch = 0; batch < node->output.dims[0]; batch++) {
			int8_t *to = output + batch * height.out * width.out * channels + c;
			for (y = 0; y < height.out; y++)
				for (x = 0; x < width.out; x++, to += channels) {
					uint32_t sums[together] = { bias[0], bias[1], bias[2], bias[3] };
					gather(node, &height, &width, image, y, x, rows, sums);
					for (k = 0; (k < together) && (c + k < channels); k++)
						to[k] = microScaled((int32_t)sums[k], scales[k], &range);
				}
			image += height.in * width.in * node->input[0].dims[3];
		}
	}
}

const MicroKernel microKernelTRANSPOSE_CONV = { microIdentity(TRANSPOSE_CONV), 4, 3, 4, options, check, run };
