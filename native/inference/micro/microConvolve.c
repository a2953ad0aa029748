#include "microSmall.h"
#include "microConvolve.h"
#include "microDot.h"
#include "microLines.h"

/* Longer windows are gathered in parts of at most so many taps, or of one row of the window. */
#define mostTaps 512

int32_t microRowsAtOnce(int32_t kernelHeight, int32_t rowTaps) {
	if (kernelHeight * rowTaps <= mostTaps)
		return kernelHeight;
	return rowTaps > mostTaps / 2 ? 1 : mostTaps / rowTaps;
}

/* A window of one pixel, every pixel: the image may as well be one row. */
static bool pointwise(const MicroGeometry *g) {
	return (g->kernelHeight == 1) && (g->kernelWidth == 1) && (g->strideHeight == 1) && (g->strideWidth == 1);
}

/* A window of the whole image. */
static bool whole(const MicroGeometry *g) {
	return !((g->kernelHeight - g->inHeight) | (g->kernelWidth - g->inWidth) | (g->dilationHeight - 1) |
		(g->dilationWidth - 1));
}

/* So few pixels that weights are hardly used again: their number, else 0. Their taps are neighbours in memory. */
static int32_t few(const MicroConvolution *layer) {
	const MicroGeometry *g = &layer->geometry;
	const int32_t pixels = g->batches * g->outHeight * g->outWidth;
	return (pointwise(g) || (whole(g) && (pixels == 1))) && !layer->tapsFirst && (pixels <= 2) ? pixels : 0;
}

/* Positions in scratch, where the layer's channels are first. */
typedef struct {
	uint32_t totals, block, outside, sorted, end;
	int32_t rows; /* of the window at once */
} Layout;

static microCold void setLayout(const MicroConvolution *layer, Layout *layout) {
	const MicroGeometry *g = &layer->geometry;
	const uint32_t outputs = (uint32_t)g->outChannels, rowTaps = (uint32_t)(g->kernelWidth * g->inChannels);

	layout->rows = microRowsAtOnce(g->kernelHeight, (int32_t)rowTaps);
	layout->totals = few(layer) ? 0 : outputs * sizeof(MicroChannel);
	layout->block = layout->totals + (layout->rows < g->kernelHeight ? outputs * microPixels * sizeof(uint32_t) : 0);
	layout->outside = layout->block + microBlockBytes((uint32_t)layout->rows * rowTaps);
	layout->sorted = layout->outside + (pointwise(g) ? 0 : (uint32_t)g->inChannels);
	layout->end = layout->sorted + (layer->tapsFirst ? outputs * (uint32_t)g->kernelHeight * rowTaps : 0);
}

microCold InferenceStatus microCheckConvolution(MicroNode *node, const MicroConvolution *layer, MicroNeed *need) {
	Layout layout;

	if (few(layer) == 1)
		return inferenceOk;
	/* Then all of its parts are far below 32 bits. */
	if (node->input[1].elements > INT32_MAX / 64)
		return microRefuse(node, &node->input[1], "is too large");
	setLayout(layer, &layout);
	need->scratch = layout.end;
	if (!few(layer))
		need->overlap[0] = microWindowOverlap(&layer->geometry, microPixels);
	return inferenceOk;
}

/* The window of an output pixel: `from` is its first tap of a row, which may lie outside of the image, at `row` and `left`. */
typedef struct {
	const int8_t *from;
	int32_t row, left;
} Window;

/* The windows of a block; those past `count` are the last one's. */
static void place(const MicroGeometry *g, const int8_t *input, int32_t pixel, int32_t count, Window *window) {
	const int8_t *from = input;
	int32_t x = 0, left = 0, row = 0, p;

	for (p = 0; p < microPixels; p++, window++) {
		if ((p > 0) && (x + 1 < g->outWidth) && (p < count)) {
			x++;
			left += g->strideWidth;
			from += g->strideWidth * g->inChannels;
		} else if (p < count) {
			const int32_t line = (pixel + p) / g->outWidth, batch = line / g->outHeight;
			x = pixel + p - line * g->outWidth;
			left = microLeft(g, x);
			row = microTop(g, line - batch * g->outHeight);
			from = input + ((batch * g->inHeight + row) * g->inWidth + left) * g->inChannels;
		}
		window->from = from;
		window->row = row;
		window->left = left;
	}
}

/* Packs `rows` rows of the windows of a block, taps in the order of the weights. */
static void gather(const MicroGeometry *g, Window *windows, int32_t rows, const int8_t *outside, int32_t *to) {
	const int32_t channels = g->inChannels;
	int32_t p, kx, run;

	for (; rows > 0; rows--) {
		for (kx = 0; kx < g->kernelWidth; kx += run) {
			const int8_t *from[microPixels];
			/* As long as the taps of all pixels are inside, neighbours in the image are neighbours in memory. */
			run = g->dilationWidth == 1 ? g->kernelWidth - kx : 1;
			for (p = 0; p < microPixels; p++) {
				const Window *window = &windows[p];
				const int32_t apart = kx * g->dilationWidth, left = g->inWidth - window->left - apart;
				from[p] = window->from + apart * channels;
				if (((uint32_t)window->row >= (uint32_t)g->inHeight) || (left <= 0) || (left > g->inWidth)) {
					from[p] = outside;
					run = 1;
				} else if (left < run)
					run = left;
			}
			packPixels(to, from, run * channels);
			to += run * channels * microPairs;
		}
		for (p = 0; p < microPixels; p++) {
			windows[p].row += g->dilationHeight;
			windows[p].from += g->dilationHeight * g->inWidth * channels;
		}
	}
}

void microConvolve(MicroNode *node, const MicroConvolution *convolution) {
	const MicroGeometry *g = &convolution->geometry;
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	MicroChannel *folded = (MicroChannel *)(uintptr_t)node->scratch;
	const MicroChannel *channels = node->channels;
	const int32_t pixels = g->batches * g->outHeight * g->outWidth, rowTaps = g->kernelWidth * g->inChannels,
				  taps = g->kernelHeight * rowTaps;
	const int8_t *weights = (const int8_t *)node->input[1].data;
	int32_t *block, first, step = microPixels, c;
	int8_t *outside;
	bool isPointwise;
	MicroDots dots;
	MicroLayer layer;
	Layout layout;

	/* Not in place: an output may be written before the last input of its pixel was read. Two pixels are computed together where channels take no scratch. */
	if ((few(convolution) == 1) || (few(convolution) && !channels)) {
		microConnect(node, &convolution->range, pixels, taps, g->outChannels);
		return;
	}
	setLayout(convolution, &layout);
	block = (int32_t *)(uintptr_t)(node->scratch + layout.block);
	outside = (int8_t *)node->scratch + layout.outside;
	memset(outside, node->input[0].zeroPoint, layout.sorted - layout.outside);
	if (convolution->tapsFirst) {
		int8_t *sorted = (int8_t *)node->scratch + layout.sorted;
		microGather(weights, 1, g->outChannels, sorted, taps, g->outChannels, taps);
		weights = sorted;
	}
	if (!channels) {
		microLayer(node, &layer);
		for (c = 0; c < g->outChannels; c++)
			microFoldChannel(&layer, &folded[c], (uint32_t)c, false);
		channels = folded;
	}
	dots.channels = channels;
	dots.outputs = g->outChannels;
	dots.stride = taps;
	dots.range = convolution->range;
	dots.totals = layout.block > layout.totals ? (uint32_t *)(uintptr_t)(node->scratch + layout.totals) : NULL;
	isPointwise = pointwise(g);
	if (node->backward)
		step = -microPixels;
	for (first = step > 0 ? 0 : (pixels - 1) / microPixels * microPixels; (first >= 0) && (first < pixels);
		 first += step) {
		int32_t count = pixels - first < microPixels ? pixels - first : microPixels, row;
		Window windows[microPixels];
		const int8_t *pixel[microPixels];

		if (!isPointwise)
			place(g, input, first, count, windows);
		/* Lists are of whole blocks, unless the layer has one pair only. */
		dots.heavy = (count > 2) || (pixels <= 2) ? node->heavy : NULL;
		for (row = 0; row < g->kernelHeight; row += layout.rows) {
			const int32_t rows = g->kernelHeight - row < layout.rows ? g->kernelHeight - row : layout.rows;
			int32_t *to = block + microBlockBegin(rows * rowTaps);
			block[0] = 0;
			block[microPairs - 1] = 0;
			if (isPointwise) {
				/* Pixels are neighbours in memory; those past the last one are the last one's. */
				for (c = 0; c < microPixels; c++)
					pixel[c] = input + (first + (c < count ? c : count - 1)) * taps;
				packPixels(to, pixel, taps);
			} else
				gather(g, windows, rows, outside, to);
			dots.weights = weights + row * rowTaps;
			dots.count = rows * rowTaps;
			dots.first = row == 0;
			dots.more = row + rows < g->kernelHeight;
			dots.heavy = microDotPixels(&dots, block, count, output + first * g->outChannels);
		}
	}
}
