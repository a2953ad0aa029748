#include "lx6Pixels.h"

#if defined(INFERENCE_MAC16)

/* Outside of the image: zero points. */
static uint16_t *outside(uint16_t *to, int32_t count) {
	uint16_t *end = to + count;
	while (to < end)
		*to++ = 0;
	return end;
}

/* A row of a window that begins at `left`, of the `line` of the image. */
static uint16_t *windowRow(
	const MicroGeometry *g, const Lx6Image *image, const int8_t *line, int32_t left, uint16_t *to) {
	const int32_t channels = g->inChannels, apart = g->dilationWidth;
	int32_t kx, run;
	for (kx = 0; kx < g->kernelWidth; kx += run) {
		/* Neighbours outside of the image, or inside and in memory. */
		const int32_t x = left + kx * apart, taps = g->kernelWidth - kx;
		const bool isOutside = (x < 0) || (x >= g->inWidth);
		run = apart > 1 ? 1 : x < 0 ? -x : isOutside ? taps : g->inWidth - x;
		if (run > taps)
			run = taps;
		to = isOutside ? outside(to, run * channels)
					   : image->widen(to, line + x * channels, run * channels, image->zero);
	}
	return to;
}

/* Windows of pixels, `padded` values each, taps in the order of the weights. */
static void windows(
	const MicroGeometry *g, const Lx6Image *image, int32_t first, int32_t count, int32_t padded, uint16_t *to) {
	const int32_t inRow = g->inWidth * g->inChannels, run = g->kernelWidth * g->inChannels;
	const int32_t most = g->dilationWidth > 1 ? -1 : g->inWidth - g->kernelWidth;
	int32_t y = first / g->outWidth, x = first - y * g->outWidth, batch = y / g->outHeight;
	y -= batch * g->outHeight;
	for (; count > 0; count--, to += padded) {
		const int32_t left = microLeft(g, x);
		const bool isInside = (left >= 0) && (left <= most);
		int32_t row = microTop(g, y), ky;
		const int8_t *line = image->data + (batch * g->inHeight + row) * inRow;
		uint16_t *at = to;
		for (ky = g->kernelHeight; ky > 0; ky--, row += g->dilationHeight, line += g->dilationHeight * inRow)
			if ((row < 0) || (row >= g->inHeight))
				at = outside(at, run);
			else if (isInside)
				at = image->widen(at, line + left * g->inChannels, run, image->zero);
			else
				at = windowRow(g, image, line, left, at);
		if (++x < g->outWidth)
			continue;
		x = 0;
		if (++y < g->outHeight)
			continue;
		y = 0;
		batch++;
	}
}

/* Line `row` of the image, with what windows see beside it. */
static void line(const MicroGeometry *g, const Lx6Image *image, int32_t row, uint16_t *to) {
	const int32_t channels = g->inChannels, pixels = (g->outWidth - 1) * g->strideWidth + g->kernelWidth;
	int32_t inside = pixels - g->padLeft < g->inWidth ? pixels - g->padLeft : g->inWidth;
	if ((row < 0) || (row >= g->inHeight))
		inside = 0;
	if (inside <= 0) {
		outside(to, pixels * channels);
		return;
	}
	to = outside(to, g->padLeft * channels);
	to = image->widen(to, image->data + row * g->inWidth * channels, inside * channels, image->zero);
	outside(to, (pixels - g->padLeft - inside) * channels);
}

/* All pixels of a block, or the lines that they need. */
void lx6WidenBlock(
	const MicroGeometry *g, const Lx6Plan *plan, const Lx6Image *image, int32_t first, int32_t count, uint16_t *to) {
	const int32_t padded = 4 * plan->quads;
	int32_t i;
	if (plan->lines) {
		const int32_t top = microTop(g, first / g->outWidth), lines = lx6LinesOf(g, count / g->outWidth);
		for (i = 0; i < lines; i++)
			line(g, image, top + i, to + i * plan->lineValues);
	} else if (lx6IsPointwise(g) && (padded == plan->taps))
		image->widen(to, image->data + first * plan->taps, count * plan->taps, image->zero);
	else
		windows(g, image, first, count, padded, to);
}

#endif
