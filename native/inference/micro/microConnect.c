#include "microSmall.h"
#include "microDot.h"

void microConnect(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	const int8_t *input = (const int8_t *)node->input[0].data, *weights = (const int8_t *)node->input[1].data;
	const int32_t zeroPoint = node->input[0].zeroPoint, together = node->channels ? outputs : microRows;
	const uint32_t weightZeroPoint = (uint32_t)node->input[1].zeroPoint;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	MicroLayer layer;
	int32_t c, k, row, many;

	if (!node->channels)
		microLayer(node, &layer);
	for (c = 0; c < outputs; c += together, weights += together * count) {
		MicroChannel folded[microRows];
		const MicroChannel *channels = node->channels;
		uint32_t taken = 0;
		many = outputs - c < together ? outputs - c : together;
		for (k = 0; !channels && (k < many); k++)
			microFoldChannel(&layer, &folded[k], (uint32_t)(c + k), true);
		for (row = 0; row < rows; row++) {
			const int8_t *from = input + row * count;
			int8_t *to = output + row * outputs + c;
			if (channels) {
				microDotRows(weights, many, from, count, 0, channels, range, to);
				continue;
			}
			/* A weight zero point subtracts the same amount from every output of the row. */
			if (weightZeroPoint) {
				uint32_t sum = 0;
				for (k = 0; k < count; k++)
					sum += (uint32_t)(from[k] - zeroPoint);
				sum *= weightZeroPoint;
				for (k = 0; k < many; k++)
					folded[k].bias = (int32_t)((uint32_t)folded[k].bias + taken - sum);
				taken = sum;
			}
			microDotRows(weights, many, from, count, zeroPoint, folded, range, to);
		}
	}
}
