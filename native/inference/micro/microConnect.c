#include "microSmall.h"
#include "microDot.h"

void microConnect(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	const MicroTensor *weightsTensor = &node->input[1];
	const int8_t *input = (const int8_t *)node->input[0].data, *weights = (const int8_t *)weightsTensor->data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	MicroLayer layer;

	if (!node->channels)
		microLayer(node, &layer);
	for (; rows > 0; rows--, input += count, output += outputs) {
		const int32_t zeroPoint = node->input[0].zeroPoint;
		uint32_t offset = 0;
		int32_t c, k;
		if (node->channels) {
			microDotRows(weights, outputs, input, count, node->channels, range, output);
			continue;
		}
		/* A weight zero point subtracts the same amount from every output of the row. */
		if (weightsTensor->zeroPoint) {
			for (k = 0; k < count; k++)
				offset += (uint32_t)(input[k] - zeroPoint);
			offset *= (uint32_t)weightsTensor->zeroPoint;
		}
		for (c = 0; c < outputs; c += microRows) {
			MicroChannel channels[microRows];
			for (k = 0; (k < microRows) && (c + k < outputs); k++) {
				microFoldChannel(&layer, &channels[k], (uint32_t)(c + k), false);
				channels[k].bias = (int32_t)((uint32_t)channels[k].bias - offset);
			}
			microDotRows(weights + c * count, k, input, count, channels, range, output + c);
		}
	}
}
