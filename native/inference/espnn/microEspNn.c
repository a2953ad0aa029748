/* CONV_2D and DEPTHWISE_CONV_2D by Espressif's esp-nn, as of its version 1.2.3: see externalKernel.h. */
#include "../micro/microPlan.h"
#include "../micro/externalKernel.h"

/* The chip and the choice of kernels: without it esp_nn.h selects the plain C ones. */
#if defined(__has_include)
	#if __has_include("sdkconfig.h")
		#include "sdkconfig.h"
	#endif
#endif
#include <esp_nn.h>

/* Alignment of scratch and input for esp-nn's vector loads. */
#define espNnAlignment 16
typedef char espNnWantsAlignedBuffers[microAlignment % espNnAlignment == 0 ? 1 : -1];

/* Above these sizes esp-nn's depthwise kernels for ESP32-S3 work on strips of the image. */
#define espNnWholeBytes (40 * 1024)
#define espNnWholeWords (48 * 1024)

typedef struct {
	data_dims_t input, filter, output;
	conv_params_t conv;
	dw_conv_params_t depthwise;
} Call;

static void fill(Call *call, const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node) {
	const data_dims_t input = { g->inWidth, g->inHeight, g->inChannels, 1 },
					  output = { g->outWidth, g->outHeight, g->outChannels, 1 };
	const data_dims_t filter = { g->kernelWidth, g->kernelHeight, depthwise ? g->outChannels : g->inChannels, 1 };
	const data_2d_t stride = { g->strideWidth, g->strideHeight }, padding = { g->padLeft, g->padTop },
					dilation = { 1, 1 };
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

/* Padding after the image's last column or row. */
static int32_t past(int32_t out, int32_t stride, int32_t kernel, int32_t in, int32_t before) {
	int32_t end = (out - 1) * stride + kernel - before - in;
	return end > 0 ? end : 0;
}

/*
 * The layers that esp-nn's kernels can compute, those for ESP32-S3 included, which do not check their arguments. They store sizes in 16 bits; those that
 * pad the image pad it symmetrically, or only at its end, and some request too little scratch otherwise.
 */
static bool fits(const MicroGeometry *g, bool depthwise) {
	const int32_t right = past(g->outWidth, g->strideWidth, g->kernelWidth, g->inWidth, g->padLeft),
				  below = past(g->outHeight, g->strideHeight, g->kernelHeight, g->inHeight, g->padTop);
	const bool endOnly = (g->padLeft == 0) && (g->padTop == 0);

	if ((g->dilationWidth != 1) || (g->dilationHeight != 1) || (g->batches != 1))
		return false;
	if ((g->inWidth > INT16_MAX) || (g->inHeight > INT16_MAX) || (g->inChannels > INT16_MAX) ||
		(g->outWidth > INT16_MAX) || (g->outHeight > INT16_MAX) || (g->outChannels > INT16_MAX))
		return false;
	if ((g->kernelWidth > g->inWidth) || (g->kernelHeight > g->inHeight))
		return false;
	if (!depthwise)
		return endOnly || ((right <= g->padLeft) && (below <= g->padTop));
	if ((g->outChannels != g->inChannels) || (g->inChannels % 8 != 0))
		return true;
	if ((g->kernelWidth == 3) && (g->kernelHeight == 3)) {
		/* With one-sided padding it writes more scratch than it requests; likewise for a large image. */
		if (endOnly)
			return (int64_t)(g->inWidth + right + g->strideWidth) * (g->inHeight + below + g->strideHeight) *
				g->inChannels <=
				espNnWholeBytes;
		return (g->padLeft == 1) && (g->padTop == 1);
	}
	/* In strips, rows outside the image are not zeros. */
	return (2 * ((int64_t)g->inWidth * g->inHeight + g->kernelWidth * g->kernelHeight) * g->inChannels <=
			   espNnWholeWords) ||
		((g->padTop == 0) && (below == 0));
}

bool externalKernelNeed(
	const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node, MicroNeed *need) {
	Call call;
	int32_t bytes;

	if (!fits(g, depthwise))
		return false;
	if (!need)
		return true;
	fill(&call, g, depthwise, range, node);
	bytes = depthwise ? esp_nn_get_depthwise_conv_scratch_size(&call.input, &call.filter, &call.output, &call.depthwise)
					  : esp_nn_get_conv_scratch_size(&call.input, &call.filter, &call.output, &call.conv);
	/* Multipliers, shifts and biases, which esp-nn takes as arrays of words, then its own scratch. */
	need->scratch = 12u * (uint32_t)g->outChannels + espNnAlignment + (uint32_t)(bytes > 0 ? bytes : 0);
	return true;
}

void externalKernelRun(const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node) {
	int32_t *multipliers = (int32_t *)(uintptr_t)node->scratch, *shifts = multipliers + g->outChannels,
			*bias = shifts + g->outChannels;
	void *scratch =
		(void *)(((uintptr_t)(bias + g->outChannels) + espNnAlignment - 1) & ~(uintptr_t)(espNnAlignment - 1));
	const quant_data_t quantization = { shifts, multipliers };
	const int8_t *input = (const int8_t *)node->input[0].data, *weights = (const int8_t *)node->input[1].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	/* The plan aligns computed tensors; a constant may be at any address in the model. */
	const bool aligned = (uintptr_t)input % espNnAlignment == 0;
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
	if (!aligned) {
		if (depthwise)
			esp_nn_depthwise_conv_s8_ansi(
				&call.input, input, &call.filter, weights, bias, &call.output, output, &call.depthwise, &quantization);
		else
			esp_nn_conv_s8_ansi(
				&call.input, input, &call.filter, weights, bias, &call.output, output, &call.conv, &quantization);
	} else if (depthwise) {
		esp_nn_set_depthwise_conv_scratch_buf(scratch);
		esp_nn_depthwise_conv_s8(
			&call.input, input, &call.filter, weights, bias, &call.output, output, &call.depthwise, &quantization);
	} else {
		esp_nn_set_conv_scratch_buf(scratch);
		esp_nn_conv_s8(
			&call.input, input, &call.filter, weights, bias, &call.output, output, &call.conv, &quantization);
	}
}
