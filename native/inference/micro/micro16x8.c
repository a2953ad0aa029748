#include "microSmall.h"
#include "micro16x8.h"
#include "microFour.h"

/* So many products of int16 and int8 fit 32 bits. */
enum { mostProducts = 256 };

static bool isAlwaysWide(const MicroNode *node) {
	return (node->code == builtinDEPTHWISE_CONV_2D) || (node->code == builtinTRANSPOSE_CONV);
}

/* Sums have 32 bits, else 64. */
static bool isNarrow(const MicroNode *node, int32_t biasType) {
	return !isAlwaysWide(node) &&
		((node->input[2].present ? (int32_t)node->input[2].type : biasType) == microBiasOfInt32);
}

microCold InferenceStatus microCheck16x8(MicroNode *node, int32_t channels, int32_t axis, int32_t biasType) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *bias = &node->input[2];
	const bool narrow = isNarrow(node, biasType);
	MicroLayer layer;
	MicroScale scale;
	uint32_t c;

	/* Which may lie at any address. */
	if (input->constant)
		return microRefuse(node, input, "must not be a constant");
	microCheck(microCheckConstant(node, weights, inferenceInt8));
	microCheck(microExpectOf(node, weights, quantityZeroPoint, weights->zeroPoint, 0, 0));
	microCheck(microExpectOf(node, weights, quantityScales, (int32_t)weights->scaleCount, 1, channels));
	if (weights->scaleCount != 1) {
		microCheck(microExpectOf(node, weights, quantityScales, (int32_t)weights->scaleCount, channels, channels));
		microCheck(microExpectOf(node, weights, quantityAxis, weights->axis, axis, axis));
	}
	if (bias->present) {
		if (!bias->constant || (!narrow && (bias->type != microBiasOfInt64)))
			return microRefuse(node, bias, "must be a constant of int64%s", isAlwaysWide(node) ? "" : " or int32");
		microCheck(microCheckElements(node, bias, (uint32_t)channels));
	}
	microLayer(node, &layer);
	for (c = 0; c < weights->scaleCount; c++)
		if (!microChannelScale(&layer, c, &scale) || (!narrow && (scale.shift > mostWideShift)))
			return microRefuse(node, weights, "has a scale (channel %u) that is too large for its layer", c);
	return inferenceOk;
}

/* The sum of `count` products, whose factors are so many elements apart. */
static microUnrolled int32_t products(
	const int16_t *x, int32_t stepX, const int8_t *weights, int32_t stepWeights, int32_t count) {
	int32_t sum = 0;
	if ((stepX == 1) && (stepWeights == 1))
		for (; count >= 4; count -= 4, x += 4, weights += 4)
			sum += x[0] * weights[0] + x[1] * weights[1] + x[2] * weights[2] + x[3] * weights[3];
	for (; count; count--, x += stepX, weights += stepWeights)
		sum += *x * *weights;
	return sum;
}

static uint64_t sumOf(const int16_t *x, int32_t stepX, const int8_t *weights, int32_t stepWeights, int32_t count) {
	uint64_t sum = 0;
	int32_t part;
	for (; count; count -= part) {
		part = count < mostProducts ? count : mostProducts;
		sum += (uint64_t)(int64_t)products(x, stepX, weights, stepWeights, part);
		x += part * stepX;
		weights += part * stepWeights;
	}
	return sum;
}

static uint64_t wideBias(const uint8_t *bias, uint32_t c) {
	return bias ? microWord(bias + 8 * c) | (uint64_t)microWord(bias + 8 * c + 4) << 32 : 0;
}

static int32_t rescaled(uint64_t sum, MicroScale scale) {
	const int32_t reduced = scale.multiplier < 0x7FFF0000 ? (scale.multiplier + (1 << 15)) >> 16 : 0x7FFF,
				  shift = 15 - scale.shift;
	return (int32_t)((int64_t)(sum * (uint64_t)reduced + ((uint64_t)1 << (shift - 1))) >> shift);
}

void microStartSum(MicroSums *sums, int32_t k, bool isWide, const uint8_t *bias, uint32_t c) {
	if (microInt16 && isWide)
		sums->wide[k] = wideBias(bias, c);
	else
		sums->narrow[k] = bias ? microWord(bias + 4 * c) : 0;
}

void microAddFour(MicroSums *sums, bool isWide, const uint8_t *x, int32_t count, int32_t zero,
	const int8_t *const *rows, int32_t at) {
	int32_t i;
	if (microInt16 && isWide)
		for (i = 0; i < 4; i++)
			sums->wide[i] += sumOf((const int16_t *)(const void *)x, 1, rows[i] + at, 1, count);
	else
		microFour((const int8_t *)x, count, zero, rows, at, sums->narrow);
}

int32_t microScaledSum(const MicroSums *sums, int32_t k, bool isWide, MicroScale scale) {
	return microInt16 && isWide ? rescaled(sums->wide[k], scale) : microRescale((int32_t)sums->narrow[k], scale);
}

/* A layer, and where a window's taps lie in the image and in the weights of a channel. */
typedef struct {
	const MicroGeometry *g;
	int32_t run;              /* columns of the window whose taps are evenly apart */
	int32_t taps;             /* of one column */
	int32_t step, weightStep; /* from a tap to the next */
	int32_t column;           /* weights from a column to the next */
} Taps;

/* The columns, or rows, of a window at `start` that are inside an image of `size`. */
static void inside(int32_t start, int32_t size, int32_t dilation, int32_t kernel, int32_t *first, int32_t *end) {
	*first = start < 0 ? (dilation - 1 - start) / dilation : 0;
	*end = size - start > 0 ? (size - start + dilation - 1) / dilation : 0;
	*end = *end < kernel ? *end : kernel;
}

static uint64_t window(const Taps *taps, const int16_t *image, const int8_t *weights, int32_t top, int32_t left) {
	const MicroGeometry *g = taps->g;
	int32_t firstRow, endRow, firstColumn, endColumn, row, column, columns;
	uint64_t sum = 0;

	inside(top, g->inHeight, g->dilationHeight, g->kernelHeight, &firstRow, &endRow);
	inside(left, g->inWidth, g->dilationWidth, g->kernelWidth, &firstColumn, &endColumn);
	for (row = firstRow; row < endRow; row++)
		for (column = firstColumn; column < endColumn; column += columns) {
			const int16_t *x = image +
				((top + row * g->dilationHeight) * g->inWidth + left + column * g->dilationWidth) * g->inChannels;
			const int8_t *w = weights + (row * g->kernelWidth + column) * taps->column;
			columns = taps->run < endColumn - column ? taps->run : endColumn - column;
			sum += sumOf(x, taps->step, w, taps->weightStep, columns * taps->taps);
		}
	return sum;
}

void micro16x8(
	const MicroNode *node, const MicroGeometry *g, bool depthwise, const MicroRange *range, int32_t biasType) {
	const bool narrow = isNarrow(node, biasType);
	const int32_t multiplier = depthwise ? g->outChannels / g->inChannels : 1,
				  image = g->inHeight * g->inWidth * g->inChannels;
	Taps taps;
	MicroLayer layer;
	int32_t c, batch, y, x;

	taps.g = g;
	taps.taps = depthwise ? 1 : g->inChannels;
	taps.step = depthwise ? g->inChannels * g->dilationWidth : 1;
	taps.column = taps.weightStep = depthwise ? g->outChannels : 1;
	if (!depthwise)
		taps.column = g->inChannels;
	taps.run = depthwise || (g->dilationWidth == 1) ? g->kernelWidth : 1;
	microLayer(node, &layer);
	for (c = 0; c < g->outChannels; c++) {
		const int8_t *weights = (const int8_t *)node->input[1].data +
			(depthwise ? c : c * g->kernelHeight * g->kernelWidth * g->inChannels);
		const int16_t *from = (const int16_t *)(const void *)node->input[0].data + (depthwise ? c / multiplier : 0);
		int16_t *to = (int16_t *)(void *)(uintptr_t)node->output.data + c;
		const uint64_t bias =
			narrow ? (uint64_t)(int64_t)microChannelBias(&layer, (uint32_t)c) : wideBias(layer.bias, (uint32_t)c);
		MicroScale scale;

		microChannelScale(&layer, (uint32_t)c, &scale);
		for (batch = 0; batch < g->batches; batch++, from += image)
			for (y = 0; y < g->outHeight; y++)
				for (x = 0; x < g->outWidth; x++, to += g->outChannels) {
					const uint64_t sum = bias + window(&taps, from, weights, microTop(g, y), microLeft(g, x));
					const int32_t value = narrow ? microRescale((int32_t)(uint32_t)sum, scale) : rescaled(sum, scale);
					*to = (int16_t)microClamp(value, range->low, range->high);
				}
	}
}
