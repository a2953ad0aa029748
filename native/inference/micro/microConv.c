/* CONV_2D, int8, or int16 with weights of int8, or int8 with weights of int4. */
#include "microSmall.h"
#include "microConvolve.h"
#include "micro16x8.h"
#include "microInt4.h"
#include "externalKernel.h"

enum { optionActivation = 3, optionDilation = 4, optionBiasType = 6 };
#define options microFields(microByte, microInt, microInt, microByte, microIntOr1, microIntOr1, microByte, 0)

static InferenceStatus setup(MicroNode *node, MicroConvolution *layer) {
	const MicroTensor *weights = &node->input[1];
	MicroGeometry *g = &layer->geometry;

	layer->tapsFirst = false;
	microCheck(microWindow(node, &node->option[optionDilation], node->option[optionActivation], g, &layer->range));
	microCheck(microExpectOf(node, weights, quantityInputChannels, weights->dims[3], g->inChannels, g->inChannels));
	return microExpectOf(node, weights, quantityOutputChannels, weights->dims[0], g->outChannels, g->outChannels);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	MicroConvolution layer;

	if (microIsInt4(&node->input[1]))
		return microCheckInt4(node, need, check);
	microCheck(setup(node, &layer));
	if (microIsInt16(&node->input[0]))
		return microCheck16x8(node, layer.geometry.outChannels, 0, node->option[optionBiasType]);
	microCheck(microCheckLayer(node, layer.geometry.outChannels, 0));
	return externalKernelNeed(&layer.geometry, false, &layer.range, node, need)
		? inferenceOk
		: microCheckConvolution(node, &layer, need);
}

static void run(MicroNode *node) {
	MicroConvolution layer;

	if (microIsInt4(&node->input[1])) {
		microRunInt4(node, run);
		return;
	}
	setup(node, &layer);
	if (microIsInt16(&node->input[0]))
		micro16x8(node, &layer.geometry, false, &layer.range, node->option[optionBiasType]);
	else if (externalKernelNeed(&layer.geometry, false, &layer.range, node, NULL))
		externalKernelRun(&layer.geometry, false, &layer.range, node);
	else
		microConvolve(node, &layer);
}

const MicroKernel microKernelCONV_2D = { microIdentity(CONV_2D), 8, 2, 3, options, check, run };
