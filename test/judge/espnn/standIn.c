#include "esp_nn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *scratchOf[2];

static void insist(int holds, const char *what) {
	if (!holds) {
		fprintf(stderr, "esp-nn stand-in: %s\n", what);
		abort();
	}
}

/* Rounding twice, as TensorFlow Lite Micro does. */
static int32_t requantize(int32_t sum, int32_t multiplier, int32_t shift) {
	int64_t product = (int64_t)(int32_t)((uint32_t)sum << (shift > 0 ? shift : 0)) * multiplier;
	int64_t high = (product + (product >= 0 ? 1 << 30 : 1 - (1 << 30))) / ((int64_t)1 << 31);
	int64_t half = shift < 0 ? (int64_t)1 << (-shift - 1) : 0;

	return (
		int32_t)(high >= 0 ? (high + half) >> (shift < 0 ? -shift : 0) : -((-high + half) >> (shift < 0 ? -shift : 0)));
}

/* Either convolution: a depthwise one takes one input channel for an output channel, and its weights lie side by side. */
static void convolve(const data_dims_t *in, const int8_t *input, const data_dims_t *window, const int8_t *filter,
	const int32_t *bias, const data_dims_t *out, int8_t *output, const conv_params_t *params, int32_t multiplier,
	const quant_data_t *quantization) {
	int32_t y, x, c, ky, kx, k;

	for (y = 0; y < out->height; y++)
		for (x = 0; x < out->width; x++)
			for (c = 0; c < out->channels; c++) {
				int32_t sum = bias[c], value;

				for (ky = 0; ky < window->height; ky++)
					for (kx = 0; kx < window->width; kx++) {
						const int32_t row = y * params->stride.height - params->padding.height + ky,
									  column = x * params->stride.width - params->padding.width + kx;
						const int8_t *pixel = input + (row * in->width + column) * in->channels;

						if ((row < 0) || (row >= in->height) || (column < 0) || (column >= in->width))
							continue;
						if (multiplier)
							sum += (pixel[c / multiplier] + params->in_offset) *
								filter[(ky * window->width + kx) * out->channels + c];
						else
							for (k = 0; k < in->channels; k++)
								sum += (pixel[k] + params->in_offset) *
									filter[((c * window->height + ky) * window->width + kx) * in->channels + k];
					}
				value = requantize(sum, quantization->mult[c], quantization->shift[c]) + params->out_offset;
				*output++ = (int8_t)(value < params->activation.min ? params->activation.min
						: value > params->activation.max            ? params->activation.max
																	: value);
			}
}

/* An odd number of bytes that depends on the layer. */
static int scratchSize(const data_dims_t *in, const data_dims_t *out) {
	return (in->width + out->channels) % 300 | 1;
}

static void check(
	const data_dims_t *in, const int8_t *input, const data_dims_t *out, const int8_t *output, const void *scratch) {
	insist((uintptr_t)input % 16 == 0, "the input is not aligned to 16 bytes");
	insist((uintptr_t)scratch % 16 == 0, "the scratch is not aligned to 16 bytes");
	insist((output + out->width * out->height * out->channels <= input) ||
			(input + in->width * in->height * in->channels <= output),
		"output and input overlap");
}

int esp_nn_get_conv_scratch_size(
	const data_dims_t *input, const data_dims_t *filter, const data_dims_t *output, const conv_params_t *params) {
	insist((filter->channels == input->channels) && (params->dilation.width == 1) && (params->dilation.height == 1),
		"not one group, or dilated");
	return scratchSize(input, output);
}

int esp_nn_get_depthwise_conv_scratch_size(
	const data_dims_t *input, const data_dims_t *filter, const data_dims_t *output, const dw_conv_params_t *params) {
	insist((filter->channels == output->channels) && (params->ch_mult * input->channels == output->channels) &&
			(params->dilation.width == 1) && (params->dilation.height == 1),
		"a wrong multiplier, or dilated");
	return scratchSize(input, output);
}

void esp_nn_set_conv_scratch_buf(const void *scratch) {
	scratchOf[0] = (void *)(uintptr_t)scratch;
}

void esp_nn_set_depthwise_conv_scratch_buf(const void *scratch) {
	scratchOf[1] = (void *)(uintptr_t)scratch;
}

void esp_nn_conv_s8_ansi(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const conv_params_t *params, const quant_data_t *quantization) {
	convolve(inputDims, input, filterDims, filter, bias, outputDims, output, params, 0, quantization);
}

void esp_nn_depthwise_conv_s8_ansi(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const dw_conv_params_t *params, const quant_data_t *quantization) {
	const conv_params_t shared = { params->in_offset, params->out_offset, params->stride, params->padding,
		params->dilation, params->activation };

	convolve(inputDims, input, filterDims, filter, bias, outputDims, output, &shared, params->ch_mult, quantization);
}

void esp_nn_conv_s8(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const conv_params_t *params, const quant_data_t *quantization) {
	check(inputDims, input, outputDims, output, scratchOf[0]);
	memset(scratchOf[0], 0xA5, (size_t)scratchSize(inputDims, outputDims));
	esp_nn_conv_s8_ansi(inputDims, input, filterDims, filter, bias, outputDims, output, params, quantization);
}

void esp_nn_depthwise_conv_s8(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const dw_conv_params_t *params, const quant_data_t *quantization) {
	check(inputDims, input, outputDims, output, scratchOf[1]);
	memset(scratchOf[1], 0xA5, (size_t)scratchSize(inputDims, outputDims));
	esp_nn_depthwise_conv_s8_ansi(inputDims, input, filterDims, filter, bias, outputDims, output, params, quantization);
}
