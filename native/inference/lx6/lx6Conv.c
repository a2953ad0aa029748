/*
 * Windows of a block of pixels are widened into scratch (im2col), then each output channel's weights, which serve all pixels of the block. The block is as large
 * as 4 KB more of scratch than the portable kernel's allow.
 */
#include "../micro/microSmall.h"
#include "../micro/microChannels.h"
#include "../micro/microDot.h"
#include "lx6Conv.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Dots.h"
	#include "lx6Widen.h"

	#define moreScratch 4096
	/* Beyond that, widening weights costs less than a twentieth. */
	#define mostPixels 32

typedef struct {
	int32_t taps;   /* weights of an output channel */
	int32_t padded; /* to whole quads */
	int32_t pixels; /* of a block */
	int32_t rowBytes, bytes;
} Plan;

static int32_t bytesOf(int32_t values) {
	return 2 * values + 4 * lx6Ahead;
}

/* False when not even one pixel fits. */
static bool plan(const MicroGeometry *g, Plan *plan) {
	const int64_t taps = (int64_t)g->kernelHeight * g->kernelWidth * g->inChannels, padded = (taps + 3) & ~(int64_t)3;
	const int64_t room = moreScratch + microBlockBytes(taps) +
		g->outChannels * ((int64_t)sizeof(MicroChannel) - (int64_t)sizeof(Lx6Channel));
	const int64_t pixels = (room - bytesOf(0) - bytesOf(0) - 2 * padded) / (2 * padded);
	const int64_t all = (int64_t)g->batches * g->outHeight * g->outWidth;

	if ((pixels < 1) || (taps > 1 << 20))
		return false;
	plan->taps = (int32_t)taps;
	plan->padded = (int32_t)padded;
	plan->pixels = (int32_t)(pixels < mostPixels ? pixels : mostPixels);
	if (plan->pixels > all)
		plan->pixels = (int32_t)all;
	plan->rowBytes = bytesOf(plan->padded);
	plan->bytes = g->outChannels * (int32_t)sizeof(Lx6Channel) + plan->rowBytes + bytesOf(plan->pixels * plan->padded);
	return true;
}

bool lx6ConvNeed(const MicroGeometry *g, MicroNeed *need) {
	Plan block;
	if (!plan(g, &block))
		return false;
	if (need) {
		need->scratch = (uint32_t)block.bytes;
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

void lx6ConvRun(const MicroGeometry *g, const MicroRange *range, const MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	const int8_t *weights = (const int8_t *)node->input[1].data, *from = (const int8_t *)input->data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	Lx6Channel *channels = (Lx6Channel *)(uintptr_t)node->scratch;
	uint16_t *row = (uint16_t *)(uintptr_t)(channels + g->outChannels), *pixels;
	const bool words = lx6InWords(weights, g->inChannels) && lx6InWords(from, 0);
	const bool pointwise =
		(g->kernelHeight == 1) && (g->kernelWidth == 1) && (g->strideHeight == 1) && (g->strideWidth == 1);
	const Widen widen = words ? lx6WidenWords : lx6WidenBytes;
	const int32_t all = g->batches * g->outHeight * g->outWidth;
	int32_t first, step, c;
	MicroLayer layer;
	Lx6Block block;
	Plan size;

	plan(g, &size);
	pixels = row + size.rowBytes / 2;
	block.pixels = (const uint32_t *)(const void *)pixels;
	block.weights = (const uint32_t *)(const void *)row;
	block.quads = size.padded / 4;
	block.step = g->outChannels;
	microLayer(node, &layer);
	for (c = 0; c < g->outChannels; c++)
		lx6Channel(&layer, &channels[c], (uint32_t)c, weights + c * size.taps, (uint32_t)size.taps, range);
	memset(row, 0, (size_t)size.rowBytes);
	step = node->backward ? -size.pixels : size.pixels;
	for (first = node->backward ? (all - 1) / size.pixels * size.pixels : 0; (first >= 0) && (first < all);
		 first += step) {
		int8_t *to = output + first * g->outChannels;
		int32_t p;
		block.count = all - first < size.pixels ? all - first : size.pixels;
		if (pointwise && (size.padded == size.taps))
			widen(pixels, from + first * size.taps, block.count * size.taps);
		else
			for (p = 0; p < block.count; p++)
				window(g, input, first + p, widen, pixels + p * size.padded);
		for (c = 0; c < g->outChannels; c++) {
			if (channels[c].start == lx6Constant) {
				lx6Fill(&channels[c], block.count, to + c, block.step);
				continue;
			}
			(words ? lx6WeightWords : lx6WeightBytes)(row, weights + c * size.taps, size.taps);
			lx6Dots(&block, &channels[c], range, to + c);
		}
	}
}

#endif
