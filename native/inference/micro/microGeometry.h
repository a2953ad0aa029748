/*
 * Windows that slide over an image [batch, height, width, channels]: convolution, depthwise convolution and pooling.
 */
#ifndef LOAM_MICRO_GEOMETRY_H
#define LOAM_MICRO_GEOMETRY_H

#include "micro.h"

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
 * Fills in the output size and the padding from the rest and compares with the output tensor. Kernel, strides and
 * dilations are as the file gives them: they are checked here.
 */
InferenceStatus microGeometry(MicroNode *node, uint8_t padding, MicroGeometry *geometry);

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
