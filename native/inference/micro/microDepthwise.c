/*
 * DEPTHWISE_CONV_2D, int8; of int16 see micro16x8.h, with weights of int4 microInt4.h. One input channel at a time is gathered into scratch as a plane with its border of zero points,
 * where taps are adjacent and no window needs bounds checks. With a depth multiplier of 1, channel c reads and writes only bytes
 * that are c modulo the number of channels, so the output may begin where the input begins. A line of few outputs, as streaming networks have, is computed
 * from the tensor instead: a plane would take longer than the outputs.
 */
#include "microSmall.h"
#include "microConvolve.h"
#include "micro16x8.h"
#include "microInt4.h"
#include "microLines.h"
#include "externalKernel.h"

enum { optionActivation = 4, optionDilation = 5 };
#define options microFields(microByte, microInt, microInt, microSkip, microByte, microIntOr1, microIntOr1, 0)

/* Side 0 is the height, 1 the width, which stand beside each other in the geometry. */
static void setSide(MicroSide *side, const MicroGeometry *g, int32_t i) {
	side->in = (&g->inHeight)[i];
	side->out = (&g->outHeight)[i];
	side->kernel = (&g->kernelHeight)[i];
	side->stride = (&g->strideHeight)[i];
	side->dilation = (&g->dilationHeight)[i];
	side->pad = (&g->padTop)[i];
	side->plane = (side->out - 1) * side->stride + (side->kernel - 1) * side->dilation + 1;
	side->inStep = g->inChannels;
	side->outStep = side->weightStep = g->outChannels;
	if (!i) {
		side->inStep *= g->inWidth;
		side->outStep *= g->outWidth;
		side->weightStep *= g->kernelWidth;
	}
}

static microCold InferenceStatus setup(MicroNode *node, MicroDepthwise *layer) {
	const MicroTensor *weights = &node->input[1];
	MicroGeometry *g = &layer->geometry;
	int32_t worse;

	microCheck(microWindow(node, &node->option[optionDilation], node->option[optionActivation], g, &layer->range));
	layer->multiplier = g->outChannels / g->inChannels;
	microCheck(microExpectOf(node, weights, quantityFirst, weights->dims[0], 1, 1));
	microCheck(microExpectOf(node, weights, quantityChannels, weights->dims[3], g->outChannels, g->outChannels));
	microCheck(microExpectOf(node, weights, quantityChannels, weights->dims[3], layer->multiplier * g->inChannels,
		layer->multiplier * g->inChannels));
	/* Lines go along the rows or down the columns: the kernel's longer side, else the image's. */
	worse = g->kernelHeight - g->kernelWidth;
	if (worse == 0)
		worse = g->outHeight - g->outWidth;
	setSide(&layer->along, g, worse <= 0);
	setSide(&layer->across, g, worse > 0);
	layer->zeroPoint = node->input[0].zeroPoint;
	/* With less padding than a step no output lies behind the first of its inputs, and later outputs do not read what it overwrites. */
	layer->isDirect = (layer->across.out == 1) && (layer->across.kernel == 1) &&
		((layer->along.out <= 4) || (layer->along.kernel == 3)) && (layer->along.pad < layer->along.stride);
	return inferenceOk;
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	MicroDepthwise layer;
	const MicroGeometry *g = &layer.geometry;
	uint64_t scratch;

	if (microIsInt4(&node->input[1]))
		return microCheckInt4(node, need, check);
	microCheck(setup(node, &layer));
	if (microIsInt16(&node->input[0]))
		return microCheck16x8(node, layer.geometry.outChannels, 3, microBiasOfInt64);
	microCheck(microCheckLayer(node, layer.geometry.outChannels, 3));
	if (externalKernelNeed(g, true, &layer.range, node, need))
		return inferenceOk;
	if (g->inChannels == 1) {
		const MicroConvolution convolution = { *g, layer.range, true };
		return microCheckConvolution(node, &convolution, need);
	}
	scratch = (uint64_t)layer.along.plane * (uint64_t)layer.across.plane;
	if (scratch > INT32_MAX)
		return microRefuse(node, &node->input[0], "is too large once it is padded");
	need->scratch = layer.isDirect ? 0 : (uint32_t)scratch;
	if ((layer.multiplier == 1) && (g->batches == 1))
		need->overlap[0].forward = microExactly;
	return inferenceOk;
}

static int32_t inside(const MicroSide *side) {
	return side->plane - side->pad < side->in ? side->plane - side->pad : side->in;
}

/* A line of outputs, one by one: for short lines, or channels that need the slow requantization. */
static void singles(const MicroDepthwise *layer, const int8_t *plane, const int8_t *weights,
	const MicroChannel *channel, int8_t *output) {
	const int32_t rowStep = layer->across.dilation * layer->along.plane;
	int32_t i, y, x;
	for (i = 0; i < layer->along.out; i++, plane += layer->along.stride, output += layer->along.outStep) {
		const int8_t *row = weights, *at = plane;
		uint32_t sum = (uint32_t)channel->bias;
		for (y = layer->across.kernel; y > 0; y--, at += rowStep, row += layer->across.weightStep) {
			const int8_t *weight = row, *tap = at;
			for (x = layer->along.kernel; x > 0; x--, tap += layer->along.dilation, weight += layer->along.weightStep)
				sum += (uint32_t)(*weight * *tap);
		}
		*output = microExactOutput((int32_t)sum, channel->scale, &layer->range);
	}
}

/* The outputs of a channel. */
static void outputs(const MicroDepthwise *layer, const int8_t *plane, const int8_t *weights,
	const MicroChannel *channel, int8_t *output) {
	const MicroSide *along = &layer->along, *across = &layer->across;
	const bool isFast = channel->scale.shift >= 0;
	int32_t left;

	if (isFast && (along->kernel == 3) && (across->kernel == 3) && (along->dilation == 1) && (across->dilation == 1)) {
		microWindows(layer, plane, weights, channel, output);
		return;
	}
	for (left = across->out; left > 0; left--, plane += across->stride * along->plane, output += across->outStep)
		(isFast && (along->out >= 3) ? microThrees : singles)(layer, plane, weights, channel, output);
}

static void run(MicroNode *node) {
	MicroDepthwise layer;
	const MicroGeometry *g = &layer.geometry;
	int8_t *plane = (int8_t *)node->scratch;
	MicroLayer shared;
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	int32_t batch, channel, together;

	if (microIsInt4(&node->input[1])) {
		microRunInt4(node, run);
		return;
	}
	setup(node, &layer);
	if (microIsInt16(&node->input[0])) {
		micro16x8(node, g, true, &layer.range, microBiasOfInt64);
		return;
	}
	if (externalKernelNeed(g, true, &layer.range, node, NULL)) {
		externalKernelRun(g, true, &layer.range, node);
		return;
	}
	if (g->inChannels == 1) {
		const MicroConvolution convolution = { *g, layer.range, true };
		microConvolve(node, &convolution);
		return;
	}
	microLayer(node, &shared);
	together = layer.isDirect && node->channels && (layer.multiplier == 1) ? g->inChannels : 1;
	if (!layer.isDirect)
		memset(plane, layer.zeroPoint, (size_t)(layer.along.plane * layer.across.plane));
	for (batch = g->batches; batch > 0; batch--) {
		for (channel = 0; channel < g->outChannels; channel += together) {
			const int8_t *image = input + channel / layer.multiplier;
			const int8_t *weights = (const int8_t *)node->input[1].data + channel;
			MicroChannel folded;
			const MicroChannel *parameters = &folded;

			if (node->channels)
				parameters = &node->channels[channel];
			else
				microFoldChannel(&shared, &folded, (uint32_t)channel, false);
			if (layer.isDirect) {
				microDirect(&layer, image, weights, parameters, output + channel, together);
				continue;
			}
			if (channel % layer.multiplier == 0)
				microGather(image, layer.across.inStep, layer.along.inStep,
					plane + layer.across.pad * layer.along.plane + layer.along.pad, layer.along.plane,
					inside(&layer.across), inside(&layer.along));
			outputs(&layer, plane, weights, parameters, output + channel);
		}
		input += g->inHeight * g->inWidth * g->inChannels;
		output += g->outHeight * g->outWidth * g->outChannels;
	}
}

const MicroKernel microKernelDEPTHWISE_CONV_2D = { microIdentity(DEPTHWISE_CONV_2D), 7, 2, 3, options, check, run };
