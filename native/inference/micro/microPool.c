/* AVERAGE_POOL_2D and MAX_POOL_2D, int8 or int16. */
#include "microSmall.h"
#include "microPool16.h"

enum { optionActivation = 5 };
#define options microFields(microByte, microInt, microInt, microInt, microInt, microByte, 0, 0)

typedef struct {
	MicroGeometry geometry;
	MicroRange range;
} Pool;

static InferenceStatus setup(MicroNode *node, Pool *pool) {
	MicroGeometry *g = &pool->geometry;
	microCheck(microWindow(node, NULL, node->option[optionActivation], g, &pool->range));
	return microExpect(node, &node->output, "channel count", g->outChannels, g->inChannels, g->inChannels);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Pool pool;
	microCheck(setup(node, &pool));
	microCheck(microCheckSameScale(node, &node->input[0], &node->output));
	if (microIsInt16(&node->input[0]))
		return inferenceOk;
	need->scratch = (uint32_t)pool.geometry.outChannels;
	need->overlap[0] = microWindowOverlap(&pool.geometry, 1);
	return inferenceOk;
}

static void run(MicroNode *node) {
	const bool isMaximum = node->code == builtinMAX_POOL_2D;
	Pool layer;
	const MicroGeometry *g = &layer.geometry;
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data, *pixelValues = (int8_t *)node->scratch;
	int32_t image, pixels, pixel, step = 1, c;

	setup(node, &layer);
	if (microIsInt16(&node->input[0])) {
		microPool16(node, g, &layer.range);
		return;
	}
	image = g->outHeight * g->outWidth;
	pixels = g->batches * image;
	if (node->backward)
		step = -1;
	for (pixel = step > 0 ? 0 : pixels - 1; (pixel >= 0) && (pixel < pixels); pixel += step) {
		int32_t at = pixel % image, top = microTop(g, at / g->outWidth), left = microLeft(g, at % g->outWidth);
		int32_t bottom = top + g->kernelHeight < g->inHeight ? top + g->kernelHeight : g->inHeight;
		int32_t right = left + g->kernelWidth < g->inWidth ? left + g->kernelWidth : g->inWidth;
		const int32_t channels = g->inChannels, rowStep = g->inWidth * channels;
		int32_t count, run;
		const int8_t *first;

		/* The taps that lie inside the image. */
		top = top < 0 ? 0 : top;
		left = left < 0 ? 0 : left;
		count = (bottom - top) * (right - left);
		run = (right - left) * channels;
		first = input + ((pixel / image * g->inHeight + top) * g->inWidth + left) * channels;
		/* All channels are read before any is written: output may overlap input. */
		for (c = 0; c < channels; c++, first++) {
			const int8_t *row = first;
			int32_t sum = 0, most = -128, y;
			for (y = top; y < bottom; y++, row += rowStep) {
				const int8_t *tap = row, *end = row + run;
				for (; tap != end; tap += channels) {
					const int32_t value = *tap;
					sum += value;
					most = value > most ? value : most;
				}
			}
			if (!isMaximum)
				most = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
			pixelValues[c] = (int8_t)microClamp(most, layer.range.low, layer.range.high);
		}
		memcpy(output + pixel * g->outChannels, pixelValues, (size_t)g->outChannels);
	}
}

const MicroKernel microKernelAVERAGE_POOL_2D = { microIdentity(AVERAGE_POOL_2D), 3, 1, 1, options, check, run };
const MicroKernel microKernelMAX_POOL_2D = { microIdentity(MAX_POOL_2D), 3, 1, 1, options, check, run };
