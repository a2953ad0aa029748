#include "lx6Pixels.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Mac16.h"
	#include "lx6Widen.h"

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

/* Rows of a window inside of the image, of few values, not 0. */
static __attribute__((noinline)) void fewRows(
	uint16_t *to, const int8_t *from, int32_t rows, int32_t rowStep, int32_t count, uint32_t zero) {
	for (; rows > 0; rows--, from += rowStep - count) {
		uint32_t value;
		__asm__ volatile(
			/* clang-format off */
			lx6LoopHere("%[count]")
			"l8ui %[value], %[from], 0\n"
			"addi.n %[from], %[from], 1\n"
			"xor %[value], %[value], %[sign]\n"
			"sub %[value], %[value], %[zero]\n"
			"s16i %[value], %[to], 0\n"
			"addi.n %[to], %[to], 2\n"
			"7:\n"
			/* clang-format on */
			: [to] "+&r"(to), [from] "+&r"(from), [value] "=&r"(value)
			: [count] "r"(count), [zero] "r"(zero), [sign] "r"(0x80)
			: "memory");
	}
}

/* Windows of pixels, `padded` values each, taps in the order of the weights. */
static void windows(
	const MicroGeometry *g, const Lx6Image *image, int32_t first, int32_t count, int32_t padded, uint16_t *to) {
	const int32_t inRow = g->inWidth * g->inChannels, run = g->kernelWidth * g->inChannels;
	const int32_t rowStep = g->dilationHeight * inRow, most = g->dilationWidth > 1 ? -1 : g->inWidth - g->kernelWidth;
	const bool isFew = (run < 16) && (image->widen == lx6WidenBytes);
	int32_t line = first / g->outWidth, x = first - line * g->outWidth;
	for (; count > 0; line++, x = 0) {
		const int32_t batch = line / g->outHeight, top = microTop(g, line - batch * g->outHeight);
		/* Rows of the window above the image, and in it. */
		const int32_t above = top < 0 ? (g->dilationHeight - 1 - top) / g->dilationHeight : 0;
		const int32_t end = (g->inHeight - top + g->dilationHeight - 1) / g->dilationHeight;
		const int32_t rows = (end < g->kernelHeight ? end : g->kernelHeight) - above;
		const int8_t *from = image->data + (batch * g->inHeight + top) * inRow + above * rowStep;
		for (; (count > 0) && (x < g->outWidth); x++, count--, to += padded) {
			const int32_t left = microLeft(g, x);
			const bool isInside = (left >= 0) && (left <= most);
			uint16_t *at = outside(to, above * run);
			if (isInside && isFew) {
				fewRows(at, from + left * g->inChannels, rows, rowStep, run, image->zero);
				at += rows * run;
			} else {
				const int8_t *row = from;
				int32_t ky;
				for (ky = 0; ky < rows; ky++, row += rowStep)
					at = isInside ? image->widen(at, row + left * g->inChannels, run, image->zero)
								  : windowRow(g, image, row, left, at);
			}
			outside(at, (g->kernelHeight - above - rows) * run);
		}
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
