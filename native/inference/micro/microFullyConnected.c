/* FULLY_CONNECTED, int8, or int16 with weights of int8, or int8 with weights of int4: [rows, count] x [outputs, count]. */
#include "microSmall.h"
#include "microChannels.h"
#include "micro16x8.h"
#include "microInt4.h"
#include "externalKernel.h"

enum { optionActivation = 0, optionWeightsFormat = 1, optionBiasType = 4 };
#define options microFields(microByte, microByte, 0, 0, microByte, 0, 0, 0)

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *output = &node->output;
	MicroRange range;
	uint32_t rows;

	if (microIsInt4(&node->input[1]))
		return microCheckInt4(node, need, check);
	microCheck(microCheckNumbers(node, input));
	microCheck(microCheckNumbers(node, output));
	microCheck(microExpectOf(node, NULL, quantityFormat, node->option[optionWeightsFormat], 0, 0));
	microCheck(microCheckRank(node, weights, 2, 2));
	microCheck(microIsInt16(input) ? microCheck16x8(node, weights->dims[0], 0, node->option[optionBiasType])
								   : microCheckLayer(node, weights->dims[0], 0));
	microCheck(
		microExpectOf(node, input, quantityBeyond, (int32_t)(input->elements % (uint32_t)weights->dims[1]), 0, 0));
	rows = input->elements / (uint32_t)weights->dims[1];
	/* None where they would not fit. */
	if (rows > INT32_MAX / (uint32_t)weights->dims[0])
		rows = 0;
	microCheck(microCheckElements(node, output, rows * (uint32_t)weights->dims[0]));
	if (!microIsInt16(input))
		externalConnectNeed(node, weights->dims[1], need);
	return microCheckActivation(node, node->option[optionActivation], &range);
}

static void run(MicroNode *node) {
	const int32_t *sizes = node->input[1].dims;
	const int32_t rows = (int32_t)node->input[0].elements / sizes[1];
	MicroRange range;

	if (microIsInt4(&node->input[1])) {
		microRunInt4(node, run);
		return;
	}
	microActivationRange((uint8_t)node->option[optionActivation], &node->output, &range);
	if (microIsInt16(&node->input[0])) {
		/* Rows as an image's pixels, each of which is a window. */
		const MicroGeometry g = { 1, 1, rows, sizes[1], 1, rows, sizes[0], 1, 1, 1, 1, 1, 1, 0, 0 };
		micro16x8(node, &g, false, &range, node->option[optionBiasType]);
	} else if (externalConnectNeed(node, sizes[1], NULL))
		externalConnectRun(node, &range, rows, sizes[1], sizes[0]);
	else
		microConnect(node, &range, rows, sizes[1], sizes[0]);
}

const MicroKernel microKernelFULLY_CONNECTED = { microIdentity(FULLY_CONNECTED), 12, 2, 3, options, check, run };
