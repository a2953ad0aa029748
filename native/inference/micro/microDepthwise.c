/*
 * DEPTHWISE_CONV_2D, int8; of int16 see micro16x8.h, with weights of int4 microInt4.h. One input channel at a time is gathered into scratch as a plane with its border of zero points,
 * where taps are adjacent and no window needs bounds checks. With a depth multiplier of 1, channel c reads and writes only bytes
 * that are c modulo the number of channels, so the output may begin where the input begins.
 */
#include "microSmall.h"
#include "microConvolve.h"
#include "micro16x8.h"
#include "microInt4.h"
#include "microLines.h"
#include "externalKernel.h"

enum { optionActivation = 4, optionDilation = 5 };
#define options microFields(microByte, microInt, microInt, microSkip, microByte, microIntOr1, microIntOr1, 0)

/* Outputs that are computed twice in a line of `count`, see microLines; those of short lines take longer instead. */
static int32_t wasted(int32_t count) {
	return count < 3 ? count : (count + 2) / 3 * 3 - count;
}

/* Side 0 is the height, 1 the width, which stand beside each other in the geometry. */
static void setSide(MicroSide *side, const MicroGeometry *g, int32_t i) {
	side->in = (&g->inHeight)[i];
	side->out = (&g->outHeight)[i];
	side->kernel = (&g->kernelHeight)[i];
	side->stride = (&g->strideHeight)[i];
	side->dilation = (&g->dilationHeight)[i];
	side->pad = (&g->padTop)[i];
	side->plane = (side->out - 1) * side->stride + (side->kernel - 1) * side->dilation + 1;
	side->inStep = i ? g->inChannels : g->inWidth * g->inChannels;
	side->outStep = i ? g->outChannels : g->outWidth * g->outChannels;
	side->weightStep = i ? g->outChannels : g->kernelWidth * g->outChannels;
}

static microCold InferenceStatus setup(MicroNode *node, MicroDepthwise *layer) {
	const MicroTensor *weights = &node->input[1];
	MicroGeometry *g = &layer->geometry;
	int32_t worse;

	microCheck(microWindow(node, &node->option[optionDilation], node->option[optionActivation], g, &layer->range));
	layer->multiplier = g->outChannels / g->inChannels;
	microCheck(microExpect(node, weights, "first dimension", weights->dims[0], 1, 1));
	microCheck(microExpect(node, weights, "channel count", weights->dims[3], g->outChannels, g->outChannels));
	microCheck(microExpect(node, weights, "channel count", weights->dims[3], layer->multiplier * g->inChannels,
		layer->multiplier * g->inChannels));
	/* Lines go along the rows or down the columns: the kernel's longer side, else whichever wastes less, else the longer one. */
	worse = g->kernelHeight - g->kernelWidth;
	if (worse == 0)
		worse = g->outHeight * wasted(g->outWidth) - g->outWidth * wasted(g->outHeight);
	if (worse == 0)
		worse = g->outHeight - g->outWidth;
	setSide(&layer->along, g, worse <= 0);
	setSide(&layer->across, g, worse > 0);
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
	scratch = (uint64_t)layer.along.plane * (uint64_t)layer.across.plane + (uint64_t)(g->kernelHeight * g->kernelWidth);
	if (scratch > INT32_MAX)
		return microRefuse(node, &node->input[0], "is too large once it is padded");
	need->scratch = (uint32_t)scratch;
	if ((layer.multiplier == 1) && (g->batches == 1))
		need->overlap[0].forward = microExactly;
	return inferenceOk;
}

static int32_t inside(const MicroSide *side) {
	return side->plane - side->pad < side->in ? side->plane - side->pad : side->in;
}

void microSingles(
	const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output) {
	const int32_t rowStep = layer->across.dilation * layer->along.plane;
	int32_t i, y, x;
	for (i = 0; i < layer->along.out; i++, plane += layer->along.stride, output += layer->along.outStep) {
		const int8_t *weight = taps, *at = plane;
		uint32_t sum = (uint32_t)channel->bias;
		for (y = layer->across.kernel; y > 0; y--, at += rowStep) {
			const int8_t *tap = at;
			for (x = layer->along.kernel; x > 0; x--, tap += layer->along.dilation)
				sum += (uint32_t)(*weight++ * *tap);
		}
		*output = microExactOutput((int32_t)sum, channel->scale, &layer->range);
	}
}

static void run(MicroNode *node) {
	MicroDepthwise layer;
	const MicroGeometry *g = &layer.geometry;
	int8_t *plane = (int8_t *)node->scratch, *taps;
	MicroLayer shared;
	int32_t planeBytes, batch, c, m, inImage, outImage;

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
	planeBytes = layer.along.plane * layer.across.plane;
	taps = plane + planeBytes;
	inImage = g->inHeight * g->inWidth * g->inChannels;
	outImage = g->outHeight * g->outWidth * g->outChannels;
	memset(plane, node->input[0].zeroPoint, (size_t)planeBytes);
	for (batch = 0; batch < g->batches; batch++)
		for (c = 0; c < g->inChannels; c++) {
			microGather((const int8_t *)node->input[0].data + batch * inImage + c, layer.across.inStep,
				layer.along.inStep, plane + layer.across.pad * layer.along.plane + layer.along.pad, layer.along.plane,
				inside(&layer.across), inside(&layer.along));
			for (m = 0; m < layer.multiplier; m++) {
				int32_t channel = c * layer.multiplier + m;
				int8_t *output = (int8_t *)(uintptr_t)node->output.data + batch * outImage + channel;
				MicroChannel folded;

				microGather((const int8_t *)node->input[1].data + channel, layer.across.weightStep,
					layer.along.weightStep, taps, layer.along.kernel, layer.across.kernel, layer.along.kernel);
				if (!node->channels)
					microFoldChannel(&shared, &folded, (uint32_t)channel, false);
				microLines(&layer, plane, taps, node->channels ? &node->channels[channel] : &folded, output);
			}
		}
}

const MicroKernel microKernelDEPTHWISE_CONV_2D = { microIdentity(DEPTHWISE_CONV_2D), 7, 2, 3, options, check, run };
