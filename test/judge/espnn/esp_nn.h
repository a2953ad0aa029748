/*
 * A stand-in for Espressif's esp-nn (its API of version 1.2.3, as far as native/inference/espnn uses it): its kernels insist on what those for
 * ESP32-S3 rely on, and fill all the scratch that they asked for.
 */
#ifndef ESP_NN_STAND_IN_H
#define ESP_NN_STAND_IN_H

#include <stdint.h>

typedef struct {
	int32_t width, height, channels, extra;
} data_dims_t;
typedef struct {
	int32_t width, height;
} data_2d_t;
typedef struct {
	int32_t min, max;
} act_params_t;
typedef struct {
	int32_t *shift, *mult;
} quant_data_t;
typedef struct {
	int32_t in_offset, out_offset;
	data_2d_t stride, padding, dilation;
	act_params_t activation;
} conv_params_t;
typedef struct {
	int32_t in_offset, out_offset, ch_mult;
	data_2d_t stride, padding, dilation;
	act_params_t activation;
} dw_conv_params_t;

int esp_nn_get_conv_scratch_size(
	const data_dims_t *input, const data_dims_t *filter, const data_dims_t *output, const conv_params_t *params);
int esp_nn_get_depthwise_conv_scratch_size(
	const data_dims_t *input, const data_dims_t *filter, const data_dims_t *output, const dw_conv_params_t *params);
void esp_nn_set_conv_scratch_buf(const void *scratch);
void esp_nn_set_depthwise_conv_scratch_buf(const void *scratch);

void esp_nn_conv_s8(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const conv_params_t *params, const quant_data_t *quantization);
void esp_nn_depthwise_conv_s8(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const dw_conv_params_t *params, const quant_data_t *quantization);
/* These take what comes, and no scratch. */
void esp_nn_conv_s8_ansi(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const conv_params_t *params, const quant_data_t *quantization);
void esp_nn_depthwise_conv_s8_ansi(const data_dims_t *inputDims, const int8_t *input, const data_dims_t *filterDims,
	const int8_t *filter, const int32_t *bias, const data_dims_t *outputDims, int8_t *output,
	const dw_conv_params_t *params, const quant_data_t *quantization);

#endif
