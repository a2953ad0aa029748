/* CONV_2D and DEPTHWISE_CONV_2D by Espressif's esp-nn: see microSlot.h. */
#include "../micro/microSlot.h"

#include <esp_nn.h>

/* Where esp-nn's vector loads want their scratch. */
#define espNnAlignment 16

typedef struct {
	data_dims_t input, filter, output;
	conv_params_t conv;
	dw_conv_params_t depthwise;
} Call;

static void fill(Call *call, const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node) {
	const data_dims_t input = { g->inWidth, g->inHeight, g->inChannels, 1 }, output = { g->outWidth, g->outHeight, g->outChannels, 1 };
	const data_dims_t filter = { g->kernelWidth, g->kernelHeight, depthwise ? g->outChannels : g->inChannels, 1 };
	const data_2d_t stride = { g->strideWidth, g->strideHeight }, padding = { g->padLeft, g->padTop }, dilation = { 1, 1 };
	const act_params_t activation = { range->low, range->high };

	call->input = input;
	call->filter = filter;
	call->output = output;
	call->conv.in_offset = call->depthwise.in_offset = -node->input[0].zeroPoint;
	call->conv.out_offset = call->depthwise.out_offset = range->zeroPoint;
	call->conv.stride = call->depthwise.stride = stride;
	call->conv.padding = call->depthwise.padding = padding;
	call->conv.dilation = call->depthwise.dilation = dilation;
	call->conv.activation = call->depthwise.activation = activation;
	call->depthwise.ch_mult = g->outChannels / g->inChannels;
}

uint32_t microSlotScratch(const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node) {
	Call call;
	int32_t bytes;

	if ((g->dilationWidth != 1) || (g->dilationHeight != 1) || (g->batches != 1))
		return 0;
	fill(&call, g, depthwise, range, node);
	bytes = depthwise ? esp_nn_get_depthwise_conv_scratch_size(&call.input, &call.filter, &call.output, &call.depthwise)
		: esp_nn_get_conv_scratch_size(&call.input, &call.filter, &call.output, &call.conv);
	/* Multipliers, shifts and biases, which esp-nn wants as arrays of words, then what it asked for. */
	return 12u * (uint32_t)g->outChannels + espNnAlignment + (uint32_t)(bytes > 0 ? bytes : 0);
}

void microSlotRun(const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node) {
	int32_t *multipliers = (int32_t *)(uintptr_t)node->scratch, *shifts = multipliers + g->outChannels, *bias = shifts + g->outChannels;
	void *scratch = (void *)(((uintptr_t)(bias + g->outChannels) + espNnAlignment - 1) & ~(uintptr_t)(espNnAlignment - 1));
	const quant_data_t quantization = { shifts, multipliers };
	const int8_t *input = (const int8_t *)node->input[0].data, *weights = (const int8_t *)node->input[1].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	MicroLayer layer;
	Call call;
	int32_t c;

	microLayer(node, &layer);
	for (c = 0; c < g->outChannels; c++) {
		MicroScale scale;
		microChannelScale(&layer, (uint32_t)c, &scale);
		multipliers[c] = scale.multiplier;
		shifts[c] = scale.shift;
		bias[c] = microChannelBias(&layer, (uint32_t)c);
	}
	fill(&call, g, depthwise, range, node);
	if (depthwise) {
		esp_nn_set_depthwise_conv_scratch_buf(scratch);
		esp_nn_depthwise_conv_s8(&call.input, input, &call.filter, weights, bias, &call.output, output, &call.depthwise, &quantization);
	}
	else {
		esp_nn_set_conv_scratch_buf(scratch);
		esp_nn_conv_s8(&call.input, input, &call.filter, weights, bias, &call.output, output, &call.conv, &quantization);
	}
}
