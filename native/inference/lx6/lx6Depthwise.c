/*
 * One channel at a time, line by line. Scratch has the three rows of the image that a line of outputs needs, column by column: two words with three values
 * one below the other. So a window is six words in a row, wherever it begins. A new row takes the place of the oldest one, which turns the weights, and
 * each value of the image is read once, before an output is written to its place.
 */
#include "lx6Depthwise.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Columns.h"

	#define size 3

/* One dimension of the image; steps in bytes. */
typedef struct {
	int32_t in, out, stride, pad, inStep, outStep, weightStep;
} Side;

typedef struct {
	Side along, across;
} Sides;

static Sides sidesOf(const MicroGeometry *g) {
	const Side width = { g->inWidth, g->outWidth, g->strideWidth, g->padLeft, g->inChannels, g->outChannels,
		g->outChannels },
			   height = { g->inHeight, g->outHeight, g->strideHeight, g->padTop, g->inWidth * g->inChannels,
				   g->outWidth * g->outChannels, size * g->outChannels };
	const Sides rows = { width, height }, columns = { height, width };
	/* The longer lines; outputs stay behind what is read only when rows are as long as before. */
	return (g->outWidth == g->inWidth) && (g->outHeight > g->outWidth) ? columns : rows;
}

static int32_t columnsOf(const Side *along) {
	return (along->out - 1) * along->stride + size;
}

bool lx6DepthwiseNeed(const MicroGeometry *g, MicroNeed *need) {
	const Sides sides = sidesOf(g);
	if ((g->kernelWidth != size) || (g->kernelHeight != size) || (g->dilationWidth != 1) || (g->dilationHeight != 1) ||
		(g->outChannels != g->inChannels) || (sides.along.stride > 2))
		return false;
	if (need) {
		need->scratch = (uint32_t)columnsOf(&sides.along) * sizeof(Lx6Column);
		if (g->batches == 1)
			need->overlap[0].forward = microExactly;
	}
	return true;
}

/* Row `row` of the image into the columns' place `slot`. */
static void push(
	const Sides *sides, Lx6Column *columns, int32_t slot, const int8_t *image, int32_t row, uint32_t zero) {
	const Side *along = &sides->along;
	Lx6Column *end = columns + columnsOf(along), *from = end, *to = end;
	if ((row >= 0) && (row < sides->across.in)) {
		from = columns + along->pad;
		to = end - from < along->in ? end : from + along->in;
		image += row * sides->across.inStep;
	}
	columns = lx6PushZeros(columns, from, slot);
	columns = lx6PushRow(columns, to, slot, image, along->inStep, zero);
	lx6PushZeros(columns, end, slot);
}

/* One channel of one image. */
static void plane(const Sides *sides, Lx6Column *columns, const int8_t *image, uint32_t zero, const Lx6Taps *taps,
	const MicroRange *range, int8_t *output) {
	const Side *across = &sides->across, *along = &sides->along;
	int32_t row = -across->pad, line, next, slot = 0;
	if (taps->channel.start == lx6Constant) {
		for (line = 0; line < across->out; line++, output += across->outStep)
			lx6Fill(&taps->channel, along->out, output, along->outStep);
		return;
	}
	for (line = 0, next = row + size; line < across->out; line++, next += across->stride) {
		for (; row < next; row++) {
			push(sides, columns, slot, image, row, zero);
			slot = slot == size - 1 ? 0 : slot + 1;
		}
		/* The window's first row follows the one that came in last. */
		lx6Line(columns, taps, range, slot, along->stride, along->out, output, along->outStep);
		output += across->outStep;
	}
}

void lx6DepthwiseRun(const MicroGeometry *g, const MicroRange *range, const MicroNode *node) {
	const Sides sides = sidesOf(g);
	const MicroTensor *input = &node->input[0];
	const int8_t *images = (const int8_t *)input->data, *weights = (const int8_t *)node->input[1].data;
	int8_t *outputs = (int8_t *)(uintptr_t)node->output.data;
	Lx6Column *columns = (Lx6Column *)(uintptr_t)node->scratch;
	const int32_t inImage = g->inHeight * g->inWidth * g->inChannels,
				  outImage = g->outHeight * g->outWidth * g->outChannels;
	const uint32_t zero = (uint8_t)input->zeroPoint ^ 0x80u;
	int32_t batch, c, x, y;
	MicroLayer layer;

	microLayer(node, &layer);
	for (c = 0; c < g->inChannels; c++) {
		int8_t own[size * size];
		Lx6Taps taps;
		for (y = 0; y < size; y++)
			for (x = 0; x < size; x++)
				own[y * size + x] = weights[c + y * sides.across.weightStep + x * sides.along.weightStep];
		lx6Channel(&layer, &taps.channel, (uint32_t)c, own, 1, size * size, range);
		lx6PackTaps(&taps, own);
		for (batch = 0; batch < g->batches; batch++)
			plane(&sides, columns, images + batch * inImage + c, zero, &taps, range, outputs + batch * outImage + c);
	}
}

#endif
