/*
 * FULLY_CONNECTED, int8: [rows, count] x [outputs, count]. Each weight is used once per row, so folding the zero point into
 * the bias would cost as much as it saves: it is subtracted from each input value, shared by microRows outputs.
 */
#include "microChannels.h"
#include "microDot.h"

enum { optionActivation = 0, optionWeightsFormat = 1 };
#define options microFields(microByte, microByte, 0, 0, 0, 0, 0, 0)

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *output = &node->output;
	MicroRange range;
	int32_t rows;

	(void)need;
	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckInt8(node, &node->output));
	microCheck(microExpect(node, NULL, "weights format", node->option[optionWeightsFormat], 0, 0));
	microCheck(microExpect(node, weights, "rank", weights->rank, 2, 2));
	microCheck(microCheckLayer(node, weights->dims[0], 0));
	rows = (int32_t)(input->elements / (uint32_t)weights->dims[1]);
	microCheck(microExpect(
		node, input, "elements beyond whole rows:", (int32_t)(input->elements % (uint32_t)weights->dims[1]), 0, 0));
	microCheck(microExpect(
		node, output, "elements beyond whole rows:", (int32_t)(output->elements % (uint32_t)weights->dims[0]), 0, 0));
	microCheck(
		microExpect(node, output, "row count", (int32_t)(output->elements / (uint32_t)weights->dims[0]), rows, rows));
	return microCheckActivation(node, node->option[optionActivation], &range);
}

static void run(MicroNode *node) {
	const MicroTensor *weightsTensor = &node->input[1];
	const int8_t *input = (const int8_t *)node->input[0].data, *end = input + node->input[0].elements;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	int32_t outputs = weightsTensor->dims[0], count = weightsTensor->dims[1], zeroPoint = node->input[0].zeroPoint, c,
			k;
	MicroChannel channel;
	MicroLayer layer;
	MicroScale scale;
	MicroRange range;

	microActivationRange((uint8_t)node->option[optionActivation], &node->output, &range);
	microLayer(node, &layer);
	microChannelScale(&layer, 0, &scale);
	for (; input != end; input += count) {
		const int8_t *weights = (const int8_t *)weightsTensor->data;
		uint32_t offset = 0, sums[microRows], *sum = sums;
		/* A weight zero point subtracts the same amount from every output of the row. */
		if (weightsTensor->zeroPoint) {
			for (k = 0; k < count; k++)
				offset += (uint32_t)(input[k] - zeroPoint);
			offset *= (uint32_t)weightsTensor->zeroPoint;
		}
		for (c = 0; c < outputs; c++) {
			const int32_t bias = microChannelBias(&layer, (uint32_t)c);
			if (c % microRows == 0) {
				microDotRow(weights, outputs - c, input, zeroPoint, count, sums);
				weights += microRows * count;
				sum = sums;
			}
			if (layer.scaleStep)
				microChannelScale(&layer, (uint32_t)c, &scale);
			channel.bias = (int32_t)((uint32_t)bias - offset);
			channel.scale = microFastScale(scale, weightsTensor->zeroPoint || microWideSums(bias, (uint32_t)count));
			*output++ = microOutput(*sum++, &channel, &range);
		}
	}
}

const MicroKernel microKernelFULLY_CONNECTED = { microIdentity(FULLY_CONNECTED), 12, 2, 3, options, check, run };
