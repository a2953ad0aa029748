/*
 * DEPTHWISE_CONV_2D, int8. One input channel at a time is gathered into scratch as a plane with its border of zero points,
 * where taps are adjacent and no window needs bounds checks. With a depth multiplier of 1, channel c reads and writes only bytes
 * that are c modulo the number of channels, so the output may begin where the input begins.
 */
#include "microSmall.h"
#include "microLines.h"
#include "externalKernel.h"

enum { optionActivation = 4, optionDilation = 5 };
#define options microFields(microByte, microInt, microInt, microSkip, microByte, microIntOr1, microIntOr1, 0)

static void measure(MicroSide *side) {
	side->plane = (side->out - 1) * side->stride + (side->kernel - 1) * side->dilation + 1;
}

/* Outputs are computed three at a time along a line: the cost of a line of `count`. */
static int32_t lineCost(int32_t count) {
	return count < 3 ? count * 2 : (count + 2) / 3 * 3;
}

static microCold InferenceStatus setup(MicroNode *node, MicroDepthwise *layer) {
	const MicroTensor *weights = &node->input[1];
	MicroGeometry *g = &layer->geometry;

	microCheck(microWindow(node, &node->option[optionDilation], node->option[optionActivation], g, &layer->range));
	layer->multiplier = g->outChannels / g->inChannels;
	microCheck(microExpect(node, weights, "first dimension", weights->dims[0], 1, 1));
	microCheck(microExpect(node, weights, "channel count", weights->dims[3], g->outChannels, g->outChannels));
	microCheck(microExpect(node, weights, "channel count", weights->dims[3], layer->multiplier * g->inChannels,
		layer->multiplier * g->inChannels));
	{
		MicroSide width = { g->inWidth, g->outWidth, g->kernelWidth, g->strideWidth, g->dilationWidth, g->padLeft, 0,
			g->inChannels, g->outChannels, g->outChannels };
		MicroSide height = { g->inHeight, g->outHeight, g->kernelHeight, g->strideHeight, g->dilationHeight, g->padTop,
			0, g->inWidth * g->inChannels, g->outWidth * g->outChannels, g->kernelWidth * g->outChannels };
		int32_t wasted;

		measure(&width);
		measure(&height);
		wasted = height.out * lineCost(width.out) - width.out * lineCost(height.out);
		if (wasted == 0)
			wasted = height.kernel - width.kernel;
		/* Lines go along the rows or down the columns, whichever wastes less in the last blocks, else along the kernel's longer side. */
		if (wasted <= 0) {
			layer->along = width;
			layer->across = height;
		} else {
			layer->along = height;
			layer->across = width;
		}
	}
	return inferenceOk;
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	MicroDepthwise layer;
	const MicroGeometry *g = &layer.geometry;
	uint64_t scratch;

	microCheck(setup(node, &layer));
	microCheck(microCheckLayer(node, g->outChannels, 3));
	need->scratch = externalKernelScratch(g, true, &layer.range, node);
	if (need->scratch)
		return inferenceOk;
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

static void run(MicroNode *node) {
	MicroDepthwise layer;
	const MicroGeometry *g = &layer.geometry;
	int8_t *plane = (int8_t *)node->scratch, *taps;
	MicroLayer shared;
	int32_t planeBytes, batch, c, m, i, inImage, outImage;

	setup(node, &layer);
	if (externalKernelScratch(g, true, &layer.range, node)) {
		externalKernelRun(g, true, &layer.range, node);
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
				MicroLineKind kind;

				microGather((const int8_t *)node->input[1].data + channel, layer.across.weightStep,
					layer.along.weightStep, taps, layer.along.kernel, layer.across.kernel, layer.along.kernel);
				microFoldChannel(
					&shared, &folded, (uint32_t)channel, taps, (uint32_t)(g->kernelHeight * g->kernelWidth), 0);
				kind = microLineKind(&layer, &folded);
				for (i = 0; i < layer.across.out; i++)
					microLine(&layer, kind, plane + i * layer.across.stride * layer.along.plane, taps, &folded,
						output + i * layer.across.outStep);
			}
		}
}

const MicroKernel microKernelDEPTHWISE_CONV_2D = { microIdentity(DEPTHWISE_CONV_2D), 7, 2, 3, options, check, run };
