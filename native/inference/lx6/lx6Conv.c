#include "lx6Conv.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Dots.h"
	#include "lx6Pixels.h"
	#include "lx6Widen.h"

bool lx6ConvNeed(const MicroGeometry *g, bool depthwise, MicroNeed *need) {
	Lx6Plan block;
	if (!lx6MakePlan(g, depthwise, &block))
		return false;
	if (need) {
		need->scratch = (uint32_t)block.bytes;
		need->overlap[0] = microWindowOverlap(g, block.pixels);
	}
	return true;
}

/* Weights of an output channel, one after the other or `step` bytes apart, in whole words or not. */
typedef struct {
	const int8_t *data;
	int32_t channelStep, step;
	bool words;
} Weights;

static void widenWeights(const Lx6Plan *plan, const Weights *weights, const int8_t *from, uint16_t *row) {
	const int32_t padded = 4 * plan->quads, values = padded * plan->runs;
	uint16_t *start = row;
	/* Runs of whole quads are one. */
	const int32_t runs = plan->taps == padded ? 1 : plan->runs, taps = plan->taps * plan->runs / runs;
	int32_t run;
	for (run = 0; run < runs; run++, from += taps * weights->step, row += padded) {
		if (weights->words)
			lx6WeightWords(row, from, taps);
		else
			lx6WeightBytes(row, from, weights->step, taps);
		if (plan->turns > 1)
			lx6WeightBytes(row + plan->rowBytes / 2 + 1, from, weights->step, taps);
	}
	lx6Wrap(start, values);
	if (plan->turns > 1)
		lx6Wrap(start + plan->rowBytes / 2, values);
}

/* Whether Lx6Block.isSmall holds for all channels. */
static bool areSmall(const int8_t *weights, int32_t channels, int32_t taps) {
	for (; channels > 0; channels--) {
		const int8_t *end = weights + taps;
		int32_t sum = 0;
		while (weights != end) {
			const int32_t weight = *weights++;
			sum += weight < 0 ? -weight : weight;
		}
		if (sum > lx6SmallSum)
			return false;
	}
	return true;
}

/* What is the same for all channels of a block; the second one for the windows that begin beside a word. */
static void setBlocks(const MicroGeometry *g, const Lx6Plan *plan, const uint16_t *row, Lx6Block block[2]) {
	const uint16_t *pixels = row + plan->turns * (plan->rowBytes / 2);
	int32_t turn;
	for (turn = 0; turn < plan->turns; turn++, block++) {
		block->weights = (const uint32_t *)(const void *)row + turn * (plan->rowBytes / 4);
		block->pixels = (const uint32_t *)(const void *)(pixels + turn * (g->strideWidth * g->inChannels - 1));
		block->quads = plan->quads;
		block->runs = plan->runs;
		block->runStep = 2 * plan->lineValues * g->dilationHeight;
		block->stride = plan->lines ? 2 * g->strideWidth * g->inChannels * plan->turns : 8 * plan->quads;
		block->count = (g->outWidth + plan->turns - 1 - turn) / plan->turns;
		block->rowStep = 2 * plan->lineValues * g->strideHeight;
		block->step = g->outChannels * plan->turns;
		block->outStep = g->outWidth * g->outChannels;
	}
}

void lx6ConvRun(const MicroGeometry *g, bool depthwise, const MicroRange *range, const MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	Lx6Channel *channels = (Lx6Channel *)(uintptr_t)node->scratch;
	const int32_t all = lx6AllPixels(g), taps = g->kernelHeight * g->kernelWidth * g->inChannels;
	Weights weights = { (const int8_t *)node->input[1].data, depthwise ? 1 : taps, depthwise ? g->outChannels : 1,
		false };
	Lx6Image image = { (const int8_t *)input->data, (uint8_t)input->zeroPoint ^ 0x80u, lx6WidenBytes };
	int32_t first, step, c;
	MicroLayer layer;
	Lx6Block block[2];
	uint16_t *row;
	Lx6Plan plan;

	lx6MakePlan(g, depthwise, &plan);
	if (lx6InWords(weights.data, g->inChannels) && lx6InWords(image.data, 0)) {
		weights.words = true;
		image.widen = lx6WidenWords;
	}
	row = (uint16_t *)(uintptr_t)(channels + (plan.isWhole ? 1 : g->outChannels));
	microLayer(node, &layer);
	for (c = 0; (c < g->outChannels) && !plan.isWhole; c++)
		lx6Channel(&layer, &channels[c], (uint32_t)c, weights.data + c * weights.channelStep, (uint32_t)weights.step,
			(uint32_t)taps, range);
	memset(row, 0, (size_t)(plan.turns * plan.rowBytes));
	setBlocks(g, &plan, row, block);
	/* Worth it with many pixels. */
	block[0].isSmall = block[1].isSmall =
		plan.lines && !depthwise && (all > 2 * taps) && areSmall(weights.data, g->outChannels, taps);
	step = node->backward ? -plan.pixels : plan.pixels;
	for (first = node->backward ? (all - 1) / plan.pixels * plan.pixels : 0; (first >= 0) && (first < all);
		 first += step) {
		const int32_t count = all - first < plan.pixels ? all - first : plan.pixels;
		const int8_t *own = weights.data;
		int8_t *output = (int8_t *)(uintptr_t)node->output.data + first * g->outChannels;
		const Lx6Channel *channel = channels;
		block[0].rows = block[1].rows = plan.lines ? count / g->outWidth : 1;
		if (!plan.lines)
			block[0].count = count;
		lx6WidenBlock(g, &plan, &image, first, count, row + plan.turns * (plan.rowBytes / 2));
		for (c = 0; c < g->outChannels; c++, own += weights.channelStep, output++, channel += !plan.isWhole) {
			if (plan.isWhole)
				lx6Channel(&layer, channels, (uint32_t)c, own, (uint32_t)weights.step, (uint32_t)taps, range);
			if (channel->start == lx6Constant) {
				lx6Fill(channel, count, output, g->outChannels);
				continue;
			}
			widenWeights(&plan, &weights, own, row);
			lx6Dots(&block[0], channel, range, output);
			if (plan.turns > 1)
				lx6Dots(&block[1], channel, range, output + g->outChannels);
		}
	}
}

#endif
