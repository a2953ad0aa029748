#include "../micro/microSmall.h"
#include "lx6Plan.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Dots.h"

	#define moreScratch 4096
	/* Beyond that, widening weights costs less than a twentieth, and an output channel's turn less than its products. */
	#define mostPixels 32
	#define mostValues 2048
	/* Of whole rows, whose windows share their values. */
	#define mostInRows 64

static int32_t bytesOf(int32_t values) {
	return 2 * values + 4 * lx6Ahead;
}

/* What windows see beside a line of the image, on its left and on its right, is the same for all lines: they share it. */
static int32_t sharedPixels(const MicroGeometry *g) {
	const int32_t right = (g->outWidth - 1) * g->strideWidth + g->kernelWidth - g->padLeft - g->inWidth;
	return right < 0 ? 0 : right < g->padLeft ? right : g->padLeft;
}

/* Whole rows of outputs; false when not even one fits into `room`. */
static bool planLines(const MicroGeometry *g, int64_t room, Lx6Plan *plan) {
	const int32_t pixels = (g->outWidth - 1) * g->strideWidth + g->kernelWidth;
	int32_t rows = 0;

	if (lx6IsPointwise(g) || (g->batches > 1) || ((g->dilationWidth > 1) && (g->kernelWidth > 1)) ||
		((int64_t)pixels * g->inChannels > 1 << 16) || ((int64_t)lx6LinesOf(g, 1) * g->kernelWidth > 1 << 10))
		return false;
	plan->turns = (g->strideWidth * g->inChannels & 1) && (g->outWidth > 1) ? 2 : 1;
	plan->taps = g->kernelWidth * g->inChannels;
	plan->quads = (plan->taps + plan->turns + 2) / 4;
	plan->runs = g->kernelHeight;
	plan->lineValues = ((pixels - sharedPixels(g)) * g->inChannels + 1) & -2;
	plan->rowBytes = bytesOf(4 * plan->quads * plan->runs);
	for (; (rows < g->outHeight) && (rows * g->outWidth < mostInRows); rows++) {
		/* The last run's quad may end four values beyond its line. */
		const int32_t bytes = plan->turns * plan->rowBytes +
			bytesOf((lx6LinesOf(g, rows + 1) - 1) * plan->lineValues + pixels * g->inChannels + 4);
		if (bytes > room)
			break;
		plan->bytes = bytes;
	}
	plan->pixels = rows * g->outWidth;
	plan->lines = lx6LinesOf(g, rows);
	return rows > 0;
}

/* Pixel by pixel; false when not even one fits. */
static bool planPixels(const MicroGeometry *g, int64_t room, Lx6Plan *plan) {
	const int64_t taps = (int64_t)g->kernelHeight * g->kernelWidth * g->inChannels, padded = (taps + 3) & ~(int64_t)3;
	const int64_t pixels = (room - bytesOf(0) - bytesOf(0) - 2 * padded) / (2 * padded);
	const int64_t most = padded * mostPixels < mostValues ? mostValues / padded : mostPixels;

	if ((pixels < 1) || (taps > 1 << 20))
		return false;
	plan->turns = 1;
	plan->taps = (int32_t)taps;
	plan->quads = (int32_t)padded / 4;
	plan->runs = 1;
	plan->lines = plan->lineValues = 0;
	plan->pixels = (int32_t)(pixels < most ? pixels : most);
	if (plan->pixels > lx6AllPixels(g))
		plan->pixels = lx6AllPixels(g);
	plan->rowBytes = bytesOf((int32_t)padded);
	plan->bytes = plan->rowBytes + bytesOf(plan->pixels * (int32_t)padded);
	return true;
}

/* Instructions for an output, roughly: its products, its share of the weights' and of the pixels' widening. */
static int32_t costOf(const MicroGeometry *g, const Lx6Plan *plan) {
	const int32_t taps = plan->runs * plan->taps, products = 4 * plan->quads * plan->runs;
	const int32_t runs = !plan->lines ? 14 : plan->runs == 3 ? 23 : 20 + 5 * plan->runs;
	const int32_t widened =
		plan->lines ? plan->lines * plan->lineValues / plan->pixels : taps + 10 + 8 * g->kernelHeight;
	return products + runs + plan->turns * (200 + 2 * taps) / plan->pixels +
		(g->inChannels % 4 ? 5 : 2) * widened / g->outChannels;
}

static bool planIn(const MicroGeometry *g, int64_t room, Lx6Plan *plan) {
	Lx6Plan other;
	if (!planPixels(g, room, plan))
		return planLines(g, room, plan);
	if (planLines(g, room, &other) && (costOf(g, &other) < costOf(g, plan)))
		*plan = other;
	return true;
}

bool lx6MakePlan(const MicroGeometry *g, bool depthwise, Lx6Plan *plan) {
	const int64_t taps = (int64_t)g->kernelHeight * g->kernelWidth * g->inChannels;
	const int64_t channels = g->outChannels * (int64_t)sizeof(Lx6Channel);
	int64_t room = moreScratch;
	/* What the portable kernel takes on RV32: channels, four pixels, weights in their order; of two pixels nothing. */
	if (!lx6IsPointwise(g) || (lx6AllPixels(g) > 2))
		room +=
			g->outChannels * ((int64_t)sizeof(MicroChannel) + (depthwise ? taps : 0)) + 8 * (taps < 512 ? taps : 512);
	plan->isWhole = planIn(g, room - (int64_t)sizeof(Lx6Channel), plan) && (plan->pixels == lx6AllPixels(g));
	if (plan->isWhole)
		plan->bytes += (int32_t)sizeof(Lx6Channel);
	else if (planIn(g, room - channels, plan)) {
		plan->isWhole = false;
		plan->bytes += (int32_t)channels;
	} else
		return false;
	return true;
}

#endif
