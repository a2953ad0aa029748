/*
 * Windows that slide over an image [batch, height, width, channels]: convolution, depthwise convolution and pooling.
 */
#ifndef LOAM_MICRO_GEOMETRY_H
#define LOAM_MICRO_GEOMETRY_H

#include "microQuantize.h"

typedef struct {
	int32_t batches;
	int32_t inHeight, inWidth, inChannels;
	int32_t outHeight, outWidth, outChannels;
	int32_t kernelHeight, kernelWidth;
	int32_t strideHeight, strideWidth;
	int32_t dilationHeight, dilationWidth;
	int32_t padTop, padLeft;
} MicroGeometry;

enum { microPaddingSame = 0, microPaddingValid = 1 };

/*
 * Checks a window operator: input, output and weights of four dimensions, the options, and the output's size. Fills in the
 * geometry and the output's range.
 * @param dilation of a convolution, height after width as the file has them, whose kernel is that of the weights; NULL for
 * pooling, whose window is in the options
 */
InferenceStatus microWindow(
	MicroNode *node, const int32_t *dilation, int32_t activation, MicroGeometry *geometry, MicroRange *range);

/* First input row of output row y, may be negative. */
static inline int32_t microTop(const MicroGeometry *g, int32_t y) {
	return y * g->strideHeight - g->padTop;
}

static inline int32_t microLeft(const MicroGeometry *g, int32_t x) {
	return x * g->strideWidth - g->padLeft;
}

/*
 * How far output and input of a window operator may overlap when `block` output pixels (in raster order, across rows) are
 * computed at a time, all of a block's input being read before its output is written.
 */
MicroOverlap microWindowOverlap(const MicroGeometry *geometry, int32_t block);

#endif
