/* The pools' int16 half. Input and output do not overlap. */
#include "microSmall.h"
#include "microPool16.h"

void microPool16(MicroNode *node, const MicroGeometry *g, const MicroRange *range) {
	uint8_t *output = (uint8_t *)(uintptr_t)node->output.data;
	const int32_t image = g->outHeight * g->outWidth, pixels = g->batches * image, step = 2 * g->inChannels;
	int32_t pixel, c, y, x;

	for (pixel = 0; pixel < pixels; pixel++) {
		const int32_t at = pixel % image, top = microTop(g, at / g->outWidth), left = microLeft(g, at % g->outWidth);
		const int32_t firstRow = top < 0 ? 0 : top, firstColumn = left < 0 ? 0 : left,
					  endRow = top + g->kernelHeight < g->inHeight ? top + g->kernelHeight : g->inHeight,
					  endColumn = left + g->kernelWidth < g->inWidth ? left + g->kernelWidth : g->inWidth,
					  count = (endRow - firstRow) * (endColumn - firstColumn);
		for (c = 0; c < g->inChannels; c++, output += 2) {
			int32_t sum = 0, most = INT16_MIN;
			for (y = firstRow; y < endRow; y++) {
				const uint8_t *from =
					node->input[0].data + ((pixel / image * g->inHeight + y) * g->inWidth + firstColumn) * step + 2 * c;
				for (x = firstColumn; x < endColumn; x++, from += step) {
					const int32_t value = microInt16At(from);
					/* Sums wrap, as the reference's do on its target chips. */
					sum = (int32_t)((uint32_t)sum + (uint32_t)value);
					most = value > most ? value : most;
				}
			}
			if (node->code == builtinAVERAGE_POOL_2D)
				most = (int32_t)((uint32_t)sum + (uint32_t)(sum > 0 ? count / 2 : -(count / 2))) / count;
			microPutInt16(output, microClamp(most, range->low, range->high));
		}
	}
}
