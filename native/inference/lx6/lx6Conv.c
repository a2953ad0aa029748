/*
 * A block of pixels is widened into scratch, then each output channel's weights, which serve all pixels of the block. A block is as many rows of outputs as 4 KB
 * more of scratch than the portable kernel's allow: its windows lie within the lines of the image that it needs, a run of values in each. Where not
 * even a row fits, and where windows are one run anyway, a block is as many pixels as fit, each with its window by itself (im2col).
 */
#include "../micro/microSmall.h"
#include "../micro/microChannels.h"
#include "../micro/microDot.h"
#include "lx6Conv.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Dots.h"
	#include "lx6Widen.h"

	#define moreScratch 4096
	/* Beyond that, widening weights costs less than a twentieth, and an output channel's turn less than its products. */
	#define mostPixels 32
	#define mostValues 1024
	/* Of whole rows, whose windows share their values. */
	#define mostInRows 64

typedef struct {
	int32_t taps;   /* weights of an output channel in a run */
	int32_t quads;  /* of a run */
	int32_t runs;   /* of a window */
	int32_t pixels; /* of a block */
	int32_t lines;  /* of the image, 0 when windows are by themselves */
	int32_t lineValues;
	int32_t rowBytes, bytes;
} Plan;

static int32_t bytesOf(int32_t values) {
	return 2 * values + 4 * lx6Ahead;
}

static bool pointwise(const MicroGeometry *g) {
	return (g->kernelHeight == 1) && (g->kernelWidth == 1) && (g->strideHeight == 1) && (g->strideWidth == 1);
}

/* Lines of the image for rows of outputs. */
static int32_t linesOf(const MicroGeometry *g, int32_t rows) {
	return (rows - 1) * g->strideHeight + (g->kernelHeight - 1) * g->dilationHeight + 1;
}

/* What windows see beside a line of the image, on its left and on its right, is the same for all lines: they share it. */
static int32_t sharedPixels(const MicroGeometry *g) {
	const int32_t right = (g->outWidth - 1) * g->strideWidth + g->kernelWidth - g->padLeft - g->inWidth;
	return right < 0 ? 0 : right < g->padLeft ? right : g->padLeft;
}

/* Whole rows of outputs; false when not even one fits into `room`, or windows would not begin at words. */
static bool planLines(const MicroGeometry *g, int64_t room, Plan *plan) {
	const int32_t pixels = (g->outWidth - 1) * g->strideWidth + g->kernelWidth;
	int32_t rows = 0;

	if (pointwise(g) || (g->batches > 1) || ((g->dilationWidth > 1) && (g->kernelWidth > 1)) ||
		(g->strideWidth * g->inChannels % 2) || ((int64_t)pixels * g->inChannels > 1 << 16) ||
		((int64_t)linesOf(g, 1) * g->kernelWidth > 1 << 10))
		return false;
	plan->taps = g->kernelWidth * g->inChannels;
	plan->quads = (plan->taps + 3) / 4;
	plan->runs = g->kernelHeight;
	plan->lineValues = ((pixels - sharedPixels(g)) * g->inChannels + 1) & -2;
	plan->rowBytes = bytesOf(4 * plan->quads * plan->runs);
	for (; (rows < g->outHeight) && (rows * g->outWidth < mostInRows); rows++) {
		/* The last run's quad may end three values beyond its line. */
		const int32_t bytes =
			plan->rowBytes + bytesOf((linesOf(g, rows + 1) - 1) * plan->lineValues + pixels * g->inChannels + 4);
		if (bytes > room)
			break;
		plan->bytes = bytes;
	}
	plan->pixels = rows * g->outWidth;
	plan->lines = linesOf(g, rows);
	return rows > 0;
}

/* Pixel by pixel; false when not even one fits. */
static bool planPixels(const MicroGeometry *g, int64_t room, Plan *plan) {
	const int64_t taps = (int64_t)g->kernelHeight * g->kernelWidth * g->inChannels, padded = (taps + 3) & ~(int64_t)3;
	const int64_t pixels = (room - bytesOf(0) - bytesOf(0) - 2 * padded) / (2 * padded);
	const int64_t most = padded * mostPixels < mostValues ? mostValues / padded : mostPixels;
	const int64_t all = (int64_t)g->batches * g->outHeight * g->outWidth;

	if ((pixels < 1) || (taps > 1 << 20))
		return false;
	plan->taps = (int32_t)taps;
	plan->quads = (int32_t)padded / 4;
	plan->runs = 1;
	plan->lines = plan->lineValues = 0;
	plan->pixels = (int32_t)(pixels < most ? pixels : most);
	if (plan->pixels > all)
		plan->pixels = (int32_t)all;
	plan->rowBytes = bytesOf((int32_t)padded);
	plan->bytes = plan->rowBytes + bytesOf(plan->pixels * (int32_t)padded);
	return true;
}

/* Instructions for an output, roughly: its products, its share of the weights' and of the pixels' widening. */
static int32_t costOf(const MicroGeometry *g, const Plan *plan) {
	const int32_t run = 4 * plan->quads + 5, taps = plan->runs * plan->taps;
	const int32_t widened =
		plan->lines ? plan->lines * plan->lineValues / plan->pixels : taps + 50 + 30 * g->kernelHeight;
	return plan->runs * run + (plan->lines ? 30 : 16) + 2 * taps / plan->pixels +
		(g->inChannels % 4 ? 5 : 2) * widened / g->outChannels;
}

static bool plan(const MicroGeometry *g, Plan *plan) {
	const int64_t taps = (int64_t)g->kernelHeight * g->kernelWidth * g->inChannels;
	const int64_t room = moreScratch + microBlockBytes(taps) +
		g->outChannels * ((int64_t)sizeof(MicroChannel) - (int64_t)sizeof(Lx6Channel));
	Plan other;
	if (!planPixels(g, room, plan))
		return planLines(g, room, plan);
	if (planLines(g, room, &other) && (costOf(g, &other) < costOf(g, plan)))
		*plan = other;
	return true;
}

bool lx6ConvNeed(const MicroGeometry *g, MicroNeed *need) {
	Plan block;
	if (!plan(g, &block))
		return false;
	if (need) {
		need->scratch = (uint32_t)(g->outChannels * (int32_t)sizeof(Lx6Channel) + block.bytes);
		need->overlap[0] = microWindowOverlap(g, block.pixels);
	}
	return true;
}

typedef uint16_t *(*Widen)(uint16_t *to, const int8_t *from, int32_t count);

/* The window of output pixel (batch, y, x), taps in the order of the weights. */
static void window(const MicroGeometry *g, const MicroTensor *input, int32_t pixel, Widen widen, uint16_t *to) {
	const int32_t image = g->outHeight * g->outWidth, batch = pixel / image, y = pixel % image / g->outWidth;
	const int32_t left = microLeft(g, pixel % g->outWidth), channels = g->inChannels, apart = g->dilationWidth;
	const int8_t zero = (int8_t)input->zeroPoint;
	int32_t row = microTop(g, y), ky, kx;

	for (ky = g->kernelHeight; ky > 0; ky--, row += g->dilationHeight) {
		const int8_t *line = (const int8_t *)input->data + (batch * g->inHeight + row) * g->inWidth * channels;
		int32_t run;
		if ((row < 0) || (row >= g->inHeight)) {
			to = lx6Repeat(to, zero, g->kernelWidth * channels);
			continue;
		}
		for (kx = 0; kx < g->kernelWidth; kx += run) {
			/* Neighbours outside of the image, or inside and in memory. */
			const int32_t x = left + kx * apart, taps = g->kernelWidth - kx;
			const bool outside = (x < 0) || (x >= g->inWidth);
			run = apart > 1 ? 1 : x < 0 ? -x : outside ? taps : g->inWidth - x;
			if (run > taps)
				run = taps;
			to = outside ? lx6Repeat(to, zero, run * channels) : widen(to, line + x * channels, run * channels);
		}
	}
}

/* Line `row` of the image, with what windows see beside it. */
static void line(const MicroGeometry *g, const MicroTensor *input, int32_t row, Widen widen, uint16_t *to) {
	const int32_t channels = g->inChannels, pixels = (g->outWidth - 1) * g->strideWidth + g->kernelWidth;
	const int8_t zero = (int8_t)input->zeroPoint;
	int32_t inside = pixels - g->padLeft < g->inWidth ? pixels - g->padLeft : g->inWidth;
	if ((row < 0) || (row >= g->inHeight))
		inside = 0;
	if (inside <= 0) {
		lx6Repeat(to, zero, pixels * channels);
		return;
	}
	to = lx6Repeat(to, zero, g->padLeft * channels);
	to = widen(to, (const int8_t *)input->data + row * g->inWidth * channels, inside * channels);
	lx6Repeat(to, zero, (pixels - g->padLeft - inside) * channels);
}

/* All pixels of a block, or the lines that they need. */
static void widenBlock(const MicroGeometry *g, const Plan *plan, const MicroTensor *input, int32_t first, int32_t count,
	Widen widen, uint16_t *to) {
	const int32_t padded = 4 * plan->quads;
	int32_t i;
	if (plan->lines) {
		const int32_t top = microTop(g, first / g->outWidth), lines = linesOf(g, count / g->outWidth);
		for (i = 0; i < lines; i++)
			line(g, input, top + i, widen, to + i * plan->lineValues);
	} else if (pointwise(g) && (padded == plan->taps))
		widen(to, (const int8_t *)input->data + first * plan->taps, count * plan->taps);
	else
		for (i = 0; i < count; i++)
			window(g, input, first + i, widen, to + i * padded);
}

void lx6ConvRun(const MicroGeometry *g, const MicroRange *range, const MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	const int8_t *weights = (const int8_t *)node->input[1].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	Lx6Channel *channels = (Lx6Channel *)(uintptr_t)node->scratch;
	uint16_t *row = (uint16_t *)(uintptr_t)(channels + g->outChannels), *pixels;
	const bool words = lx6InWords(weights, g->inChannels) && lx6InWords(input->data, 0);
	const Widen widen = words ? lx6WidenWords : lx6WidenBytes;
	const int32_t all = g->batches * g->outHeight * g->outWidth;
	int32_t first, step, taps, parts, part, c;
	MicroLayer layer;
	Lx6Block block;
	Plan size;

	plan(g, &size);
	taps = size.taps * size.runs;
	/* Runs of whole quads are one. */
	parts = size.taps % 4 ? size.runs : 1;
	part = taps / parts;
	pixels = row + size.rowBytes / 2;
	block.weights = (const uint32_t *)(const void *)row;
	block.quads = size.quads;
	block.runs = size.runs;
	block.runStep = 2 * size.lineValues * g->dilationHeight;
	block.stride = 2 * g->strideWidth * g->inChannels;
	block.step = g->outChannels;
	microLayer(node, &layer);
	for (c = 0; c < g->outChannels; c++)
		lx6Channel(&layer, &channels[c], (uint32_t)c, weights + c * taps, (uint32_t)taps, range);
	memset(row, 0, (size_t)size.rowBytes);
	step = node->backward ? -size.pixels : size.pixels;
	for (first = node->backward ? (all - 1) / size.pixels * size.pixels : 0; (first >= 0) && (first < all);
		 first += step) {
		const int32_t count = all - first < size.pixels ? all - first : size.pixels;
		block.count = size.lines ? g->outWidth : count;
		widenBlock(g, &size, input, first, count, widen, pixels);
		for (c = 0; c < g->outChannels; c++) {
			int8_t *to = output + first * g->outChannels + c;
			const uint16_t *from = pixels;
			int32_t left = count, run;
			if (channels[c].start == lx6Constant) {
				lx6Fill(&channels[c], count, to, block.step);
				continue;
			}
			for (run = 0; run < parts; run++)
				(words ? lx6WeightWords : lx6WeightBytes)(
					row + run * 4 * size.quads, weights + c * taps + run * part, part);
			for (; left > 0; left -= block.count) {
				block.pixels = (const uint32_t *)(const void *)from;
				lx6Dots(&block, &channels[c], range, to);
				from += g->strideHeight * size.lineValues;
				to += block.count * block.step;
			}
		}
	}
}

#endif
