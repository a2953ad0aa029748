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
	return microExpectOf(node, &node->output, quantityChannels, g->outChannels, g->inChannels, g->inChannels);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Pool pool;
	microCheck(setup(node, &pool));
	microCheck(microCheckSameScale(node, &node->input[0], &node->output));
	if (microIsInt16(&node->input[0]))
		return inferenceOk;
	need->overlap[0] = microWindowOverlap(&pool.geometry, 1);
	return inferenceOk;
}

/* What of `size` pixels from `at` on lies inside an axis of `in` pixels; *first is the first. */
static int32_t inside(int32_t at, int32_t size, int32_t in, int32_t *first) {
	*first = at < 0 ? 0 : at;
	return (at + size < in ? at + size : in) - *first;
}

static void run(MicroNode *node) {
	const bool isMaximum = node->code == builtinMAX_POOL_2D;
	Pool layer;
	const MicroGeometry *g = &layer.geometry;
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	int32_t pixels, pixel = 0, step = 1, channels, rowStep, low, high;

	setup(node, &layer);
	if (microIsInt16(&node->input[0])) {
		microPool16(node, g, &layer.range);
		return;
	}
	low = layer.range.low;
	high = layer.range.high;
	channels = g->inChannels;
	rowStep = g->inWidth * channels;
	pixels = g->batches * g->outHeight * g->outWidth;
	if (node->backward) {
		step = -1;
		pixel = pixels - 1;
		input += channels - 1;
		output += pixels * channels - 1;
	}
	for (; (uint32_t)pixel < (uint32_t)pixels; pixel += step) {
		const int32_t line = pixel / g->outWidth;
		int32_t top, left, rows = inside(microTop(g, line % g->outHeight), g->kernelHeight, g->inHeight, &top),
						   run = inside(microLeft(g, pixel % g->outWidth), g->kernelWidth, g->inWidth, &left),
						   count = rows * run, more;
		const int8_t *first = input + ((line / g->outHeight * g->inHeight + top) * g->inWidth + left) * channels;

		/* Whole rows are one. */
		if (run == g->inWidth) {
			run = count;
			rows = 1;
		}
		if ((run == 2) && (rows == 1) && !isMaximum) {
			/* Of two, the same without a division. */
			for (more = channels; more > 0; more--, first += step, output += step) {
				const int32_t sum = first[0] + first[channels];
				*output = (int8_t)microClamp((sum + (sum > 0)) >> 1, low, high);
			}
			continue;
		}
		run *= channels;
		/* Of an output that overlaps the input, what is written was read: the channels go the way that the pixels go. */
		for (more = channels; more > 0; more--, first += step, output += step) {
			const int8_t *row = first;
			int32_t sum = 0, most = -128, y;
			for (y = rows; y > 0; y--, row += rowStep) {
				const int8_t *tap = row, *end = row + run;
				for (; tap != end; tap += channels) {
					const int32_t value = *tap;
					sum += value;
					most = value > most ? value : most;
				}
			}
			if (!isMaximum)
				most = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
			*output = (int8_t)microClamp(most, low, high);
		}
	}
}

const MicroKernel microKernelAVERAGE_POOL_2D = { microIdentity(AVERAGE_POOL_2D), 3, 1, 1, options, check, run };
const MicroKernel microKernelMAX_POOL_2D = { microIdentity(MAX_POOL_2D), 3, 1, 1, options, check, run };
