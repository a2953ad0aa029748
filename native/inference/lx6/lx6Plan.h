/*
 * What a convolution keeps in scratch. A block of pixels is widened, then each output channel's weights, which serve all pixels of the block. A block is as many rows of
 * outputs as 4 KB more of scratch than the portable kernel's on RV32 allow: its windows lie within the lines of the image that it needs, a run of values in each. Where not
 * even a row fits, and where windows by themselves cost less, a block is as many pixels as fit, each with its window (im2col).
 */
#ifndef LOAM_LX6_PLAN_H
#define LOAM_LX6_PLAN_H

#include "../inferenceOptions.h"
#include "../micro/microGeometry.h"

typedef struct {
	int32_t taps;   /* weights of an output channel in a run */
	int32_t quads;  /* of a run */
	int32_t runs;   /* of a window */
	int32_t pixels; /* of a block */
	int32_t lines;  /* of the image, 0 when windows are by themselves */
	int32_t lineValues;
	int32_t
		turns; /* 2 when every second window of a line begins beside a word: the weights' second row is for those, one value later */
	int32_t rowBytes; /* of weights */
	int32_t bytes;
	bool isWhole; /* all pixels in one block: channels are prepared one at a time */
} Lx6Plan;

/* In scratch, channels (one when the block is whole), rows of weights and pixels follow each other. False for a layer that does not fit. */
bool lx6MakePlan(const MicroGeometry *geometry, bool depthwise, Lx6Plan *plan);

static inline bool lx6IsPointwise(const MicroGeometry *g) {
	return (g->kernelHeight == 1) && (g->kernelWidth == 1) && (g->strideHeight == 1) && (g->strideWidth == 1);
}

static inline int32_t lx6AllPixels(const MicroGeometry *g) {
	return g->batches * g->outHeight * g->outWidth;
}

/* Lines of the image for rows of outputs. */
static inline int32_t lx6LinesOf(const MicroGeometry *g, int32_t rows) {
	return (rows - 1) * g->strideHeight + (g->kernelHeight - 1) * g->dilationHeight + 1;
}

#endif
