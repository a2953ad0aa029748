/*
 * Windows of a channel's few outputs are multiplied where they are, eight instructions a multiply-accumulate: widening them would take longer. What lies
 * outside of the image is left out.
 */
#include "lx6Direct.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Finish.h"
	#include "lx6Requantize.h"

	/* Of a channel: with more of them, or with long windows, other kernels take less. */
	#define mostOutputs 2
	#define mostTaps 32

bool lx6DirectNeed(const MicroGeometry *g, MicroNeed *need) {
	const int32_t outputs = g->outHeight * g->outWidth;
	if ((outputs > mostOutputs) || ((outputs > 1) && (g->kernelHeight * g->kernelWidth > mostTaps)))
		return false;
	if (need) {
		need->scratch = 0;
		if ((g->batches == 1) && (g->inChannels == g->outChannels))
			need->overlap[0].forward = microExactly;
	}
	return true;
}

/* One dimension of the image; steps in bytes. */
typedef struct {
	int32_t in, kernel, dilation, step, weightStep;
} Side;

/* Part of a window inside of the image: taps from `first` on. */
typedef struct {
	int32_t first, count;
} Part;

static Part partOf(const Side *side, int32_t start) {
	Part part;
	int32_t end = start < side->in ? (side->in - start + side->dilation - 1) / side->dilation : 0;
	part.first = start < 0 ? (side->dilation - 1 - start) / side->dilation : 0;
	if (end > side->kernel)
		end = side->kernel;
	part.count = end - part.first;
	return part;
}

/* The accumulator, whose low word it returns, of `rows` rows of `count` products, neither 0. */
static inline int32_t accumulate(int32_t start, const int8_t *value, const int8_t *weight, int32_t rows, int32_t count,
	const Side *along, const Side *across, int32_t zeroPoint, int32_t *high) {
	/* From the end of a row to the next one. */
	const int32_t step = along->dilation * along->step, rowGap = across->dilation * across->step - count * step;
	const int32_t weightGap = across->weightStep - count * along->weightStep;
	int32_t x, y;
	__asm__ volatile(
		/* clang-format off */
		lx6SetLow("%[start]")
		"srai %[x], %[start], 31\n"
		lx6SetHigh("%[x]")
		"1:\n"
		lx6LoopHere("%[count]")
		"l8ui %[x], %[value], 0\n"
		"l8ui %[y], %[weight], 0\n"
		"add %[value], %[value], %[step]\n"
		"add %[weight], %[weight], %[weightStep]\n"
		lx6SignExtend("%[x]", "%[x]", "7")
		"sub %[x], %[x], %[zero]\n"
		"slli %[y], %[y], 8\n"
		lx6CoreAddCore(lx6LowLow, "%[x]", "%[y]")
		"7:\n"
		"add %[value], %[value], %[rowGap]\n"
		"add %[weight], %[weight], %[weightGap]\n"
		"addi %[rows], %[rows], -1\n"
		"bnez %[rows], 1b\n"
		lx6GetLow("%[y]")
		lx6GetHigh("%[x]")
		/* clang-format on */
		: [value] "+&r"(value), [weight] "+&r"(weight), [rows] "+&r"(rows), [x] "=&r"(x), [y] "=&r"(y)
		: [start] "r"(start), [count] "r"(count), [step] "r"(step), [weightStep] "r"(along->weightStep),
		[rowGap] "r"(rowGap), [weightGap] "r"(weightGap), [zero] "r"(zeroPoint)
		: "memory");
	*high = x;
	return y;
}

void lx6DirectRun(const MicroGeometry *g, const MicroRange *range, const MicroNode *node) {
	const int32_t zeroPoint = node->input[0].zeroPoint, taps = g->kernelHeight * g->kernelWidth;
	const int32_t multiplier = g->outChannels / g->inChannels, inImage = g->inHeight * g->inWidth * g->inChannels,
				  outputs = g->outHeight * g->outWidth;
	const Side width = { g->inWidth, g->kernelWidth, g->dilationWidth, g->inChannels, g->outChannels };
	const Side height = { g->inHeight, g->kernelHeight, g->dilationHeight, g->inWidth * g->inChannels,
		g->kernelWidth * g->outChannels };
	const Side *along = g->kernelWidth < g->kernelHeight ? &height : &width,
			   *across = along == &width ? &height : &width;
	const int8_t *weights = (const int8_t *)node->input[1].data;
	struct {
		Part along, across;
		int32_t value, weight;
	} window[mostOutputs];
	MicroLayer layer;
	int32_t batch, c, i;

	for (i = 0; i < outputs; i++) {
		const int32_t top = microTop(g, i / g->outWidth), left = microLeft(g, i % g->outWidth);
		const Part rows = partOf(&height, top), columns = partOf(&width, left);
		window[i].along = along == &width ? columns : rows;
		window[i].across = along == &width ? rows : columns;
		window[i].value = (top + rows.first * g->dilationHeight) * height.step +
			(left + columns.first * g->dilationWidth) * width.step;
		window[i].weight = rows.first * height.weightStep + columns.first * width.weightStep;
	}
	microLayer(node, &layer);
	for (c = 0; c < g->outChannels; c++) {
		Lx6Channel channel;
		Lx6Fast fast;
		lx6Channel(&layer, &channel, (uint32_t)c, weights + c, (uint32_t)g->outChannels, (uint32_t)taps, range);
		fast = lx6Fast(&channel, range);
		for (batch = 0; batch < g->batches; batch++) {
			const int8_t *image = (const int8_t *)node->input[0].data + batch * inImage + c / multiplier;
			int8_t *to = (int8_t *)(uintptr_t)node->output.data + batch * outputs * g->outChannels + c;
			/* Outputs may take the place of inputs. */
			int8_t output[mostOutputs];
			if (channel.start == lx6Constant) {
				lx6Fill(&channel, outputs, to, g->outChannels);
				continue;
			}
			for (i = 0; i < outputs; i++) {
				int32_t high, low, v;
				if ((window[i].along.count <= 0) || (window[i].across.count <= 0)) {
					output[i] = microOutput(0, &channel.exact, range);
					continue;
				}
				low = accumulate(fast.start, image + window[i].value, weights + c + window[i].weight,
					window[i].across.count, window[i].along.count, along, across, zeroPoint, &high);
				v = lx6Scaled(&fast, high, low);
				output[i] = v & fast.sure ? (int8_t)microClamp(v >> lx6FractionBits, range->low, range->high)
										  : lx6ExactOutput((int8_t)high, low, fast.start, &channel, range);
			}
			for (i = 0; i < outputs; i++, to += g->outChannels)
				*to = output[i];
		}
	}
}

#endif
