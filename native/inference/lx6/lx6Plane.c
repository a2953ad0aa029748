/*
 * One input channel at a time is widened into a plane in scratch, with its border, where each row of the kernel meets a run of values. The multiplier loads two
 * values at once, so that windows must begin at words: with an odd stride every second one does not, and has its weights one value later.
 */
#include "lx6Plane.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Dots.h"
	#include "lx6Widen.h"

	#define moreScratch 4096

/* One dimension of the image; steps in bytes. `seen`: positions from the first to the last that windows see. */
typedef struct {
	int32_t in, out, kernel, stride, dilation, pad, seen, inStep, outStep, weightStep;
} Side;

typedef struct {
	Side along, across;
	int32_t taps, quads, lineValues;
	int32_t rowValues; /* of weights */
	int32_t planeValues;
	bool isOdd;
} Plan;

static int32_t seen(int32_t out, int32_t stride, int32_t kernel, int32_t dilation) {
	return (out - 1) * stride + (kernel - 1) * dilation + 1;
}

static void setSides(const MicroGeometry *g, Plan *plan) {
	const Side width = { g->inWidth, g->outWidth, g->kernelWidth, g->strideWidth, g->dilationWidth, g->padLeft,
		seen(g->outWidth, g->strideWidth, g->kernelWidth, g->dilationWidth), g->inChannels, g->outChannels,
		g->outChannels };
	const Side height = { g->inHeight, g->outHeight, g->kernelHeight, g->strideHeight, g->dilationHeight, g->padTop,
		seen(g->outHeight, g->strideHeight, g->kernelHeight, g->dilationHeight), g->inWidth * g->inChannels,
		g->outWidth * g->outChannels, g->kernelWidth * g->outChannels };
	const bool rows = (width.kernel > height.kernel) || ((width.kernel == height.kernel) && (width.out >= height.out));
	plan->along = rows ? width : height;
	plan->across = rows ? height : width;
}

static void makePlan(const MicroGeometry *g, Plan *plan) {
	const Side *along = &plan->along, *across = &plan->across;

	setSides(g, plan);
	plan->taps = along->kernel * across->kernel;
	plan->isOdd = (along->stride & 1) && (along->out > 1);
	plan->quads = (along->kernel + plan->isOdd + 3) / 4;
	plan->lineValues = (along->seen + 1) & -2;
	plan->rowValues = across->kernel * plan->quads * 4 + 2 * lx6Ahead;
	/* The last line's quads may end beyond it. */
	plan->planeValues = across->seen * plan->lineValues + 4 * plan->quads + 2 * lx6Ahead;
}

bool lx6PlaneNeed(const MicroGeometry *g, MicroNeed *need) {
	Plan plan;
	int64_t plane;
	int32_t scratch;

	setSides(g, &plan);
	plane = (int64_t)plan.along.seen * plan.across.seen;
	/* Of one output, the portable kernel's weights are not moved. */
	if (((plan.along.dilation > 1) && (plan.along.kernel > 1)) || (g->inChannels == 1) || (plane > 2 * moreScratch) ||
		(g->outHeight * g->outWidth == 1))
		return false;
	makePlan(g, &plan);
	scratch = 2 * (2 * plan.rowValues + plan.planeValues);
	/* The portable kernel takes a plane of bytes, and the weights. */
	if (scratch > (int32_t)plane + plan.taps + moreScratch)
		return false;
	if (need) {
		need->scratch = (uint32_t)scratch;
		if ((g->batches == 1) && (g->inChannels == g->outChannels))
			need->overlap[0].forward = microExactly;
	}
	return true;
}

static int32_t inside(const Side *side) {
	return side->seen - side->pad < side->in ? side->seen - side->pad : side->in;
}

/* The inside of the plane. */
static void widen(const Plan *plan, const int8_t *image, uint32_t zero, uint16_t *plane) {
	const int32_t count = inside(&plan->along);
	int32_t lines = inside(&plan->across);
	plane += plan->across.pad * plan->lineValues + plan->along.pad;
	for (; lines > 0; lines--, image += plan->across.inStep, plane += plan->lineValues)
		lx6WidenApart(plane, sizeof(*plane), image, plan->along.inStep, count, zero);
}

/* A channel's weights for windows at words and, in the next row, beside them. */
static void spread(const Plan *plan, const int8_t *weights, uint16_t *row) {
	const int32_t values = 4 * plan->quads * plan->across.kernel;
	uint16_t *start = row;
	int32_t y;
	for (y = 0; y < plan->across.kernel; y++, weights += plan->across.weightStep, row += 4 * plan->quads) {
		lx6WeightBytes(row, weights, plan->along.weightStep, plan->along.kernel);
		if (plan->isOdd)
			lx6WeightBytes(row + plan->rowValues + 1, weights, plan->along.weightStep, plan->along.kernel);
	}
	lx6Wrap(start, values);
	if (plan->isOdd)
		lx6Wrap(start + plan->rowValues, values);
}

/* What is the same for all channels; the second one for the windows that begin beside a word. */
static void setBlocks(const Plan *plan, const uint16_t *plane, const uint16_t *row, Lx6Block block[2]) {
	const Side *along = &plan->along, *across = &plan->across;
	const int32_t turns = plan->isOdd ? 2 : 1;
	int32_t turn;
	for (turn = 0; turn < turns; turn++, block++) {
		block->pixels = (const uint32_t *)(const void *)(plane + turn * (along->stride - 1));
		block->weights = (const uint32_t *)(const void *)(row + turn * plan->rowValues);
		block->quads = plan->quads;
		block->runs = across->kernel;
		block->runStep = 2 * plan->lineValues * across->dilation;
		block->stride = 2 * along->stride * turns;
		block->count = (along->out + turns - 1 - turn) / turns;
		block->rowStep = 2 * plan->lineValues * across->stride;
		block->rows = across->out;
		block->step = along->outStep * turns;
		block->outStep = across->outStep;
		block->isSmall = false;
	}
}

/* The same value for all outputs. */
static void fill(const Plan *plan, const Lx6Channel *channel, int8_t *output) {
	int32_t line;
	for (line = 0; line < plan->across.out; line++, output += plan->across.outStep)
		lx6Fill(channel, plan->along.out, output, plan->along.outStep);
}

void lx6PlaneRun(const MicroGeometry *g, const MicroRange *range, const MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	const int8_t *weights = (const int8_t *)node->input[1].data;
	uint16_t *row = (uint16_t *)(uintptr_t)node->scratch, *plane;
	const int32_t multiplier = g->outChannels / g->inChannels, inImage = g->inHeight * g->inWidth * g->inChannels,
				  outImage = g->outHeight * g->outWidth * g->outChannels;
	const uint32_t zero = (uint8_t)input->zeroPoint ^ 0x80u;
	Lx6Channel channel;
	Lx6Block block[2];
	MicroLayer layer;
	int32_t batch, c, m;
	Plan plan;

	makePlan(g, &plan);
	plane = row + 2 * plan.rowValues;
	memset(row, 0, (size_t)(2 * (2 * plan.rowValues + plan.planeValues)));
	setBlocks(&plan, plane, row, block);
	microLayer(node, &layer);
	for (batch = 0; batch < g->batches; batch++)
		for (c = 0; c < g->inChannels; c++) {
			widen(&plan, (const int8_t *)input->data + batch * inImage + c, zero, plane);
			for (m = c * multiplier; m < (c + 1) * multiplier; m++) {
				int8_t *output = (int8_t *)(uintptr_t)node->output.data + batch * outImage + m;
				lx6Channel(
					&layer, &channel, (uint32_t)m, weights + m, (uint32_t)g->outChannels, (uint32_t)plan.taps, range);
				if (channel.start == lx6Constant) {
					fill(&plan, &channel, output);
					continue;
				}
				spread(&plan, weights + m, row);
				lx6Dots(&block[0], &channel, range, output);
				if (plan.isOdd)
					lx6Dots(&block[1], &channel, range, output + plan.along.outStep);
			}
		}
}

#endif
