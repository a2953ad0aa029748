#include "microSmall.h"
#include "microDot.h"

void microConnect(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	const MicroTensor *weightsTensor = &node->input[1];
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	const int32_t zeroPoint = node->input[0].zeroPoint;
	MicroChannel channels[microRows];
	MicroLayer layer;
	MicroScale scale;
	int32_t c, k;

	microLayer(node, &layer);
	microChannelScale(&layer, 0, &scale);
	for (; rows > 0; rows--, input += count, output += outputs) {
		const int8_t *weights = (const int8_t *)weightsTensor->data;
		uint32_t offset = 0;
		/* A weight zero point subtracts the same amount from every output of the row. */
		if (weightsTensor->zeroPoint) {
			for (k = 0; k < count; k++)
				offset += (uint32_t)(input[k] - zeroPoint);
			offset *= (uint32_t)weightsTensor->zeroPoint;
		}
		for (c = 0; c < outputs; c += microRows, weights += microRows * count) {
			for (k = 0; (k < microRows) && (c + k < outputs); k++) {
				const int32_t bias = layer.bias ? (int32_t)microWord(layer.bias + 4 * (c + k)) : 0;
				if (layer.scaleStep)
					microChannelScale(&layer, (uint32_t)(c + k), &scale);
				channels[k].bias = (int32_t)((uint32_t)bias - offset);
				channels[k].scale =
					microFastScale(scale, weightsTensor->zeroPoint || microWideSums(bias, (uint32_t)count));
			}
			microDotRows(weights, outputs - c, input, zeroPoint, count, channels, range, output + c);
		}
	}
}
