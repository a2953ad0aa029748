/*
 * Convolution by dot products, for CONV_2D and for depthwise layers of one input channel. The windows of a block of output pixels are gathered into
 * scratch (im2col; taps outside the image become the zero point), then every output channel is computed from the copy. Because a
 * block's input is read whole before its output is written, the output may overlap the input as far as microWindowOverlap allows, and a
 * pointwise layer may run in place.
 */
#ifndef LOAM_MICRO_CONVOLVE_H
#define LOAM_MICRO_CONVOLVE_H

#include "microChannels.h"
#include "microGeometry.h"

typedef struct {
	MicroGeometry geometry;
	MicroRange range;
	/* Weights of a tap are neighbours, not those of an output channel: they are sorted into scratch. */
	bool tapsFirst;
} MicroConvolution;

/* The rows of a window that are gathered at once, of `rowTaps` taps each. */
int32_t microRowsAtOnce(int32_t kernelHeight, int32_t rowTaps);

/* Scratch and overlap. */
InferenceStatus microCheckConvolution(MicroNode *node, const MicroConvolution *layer, MicroNeed *need);

void microConvolve(MicroNode *node, const MicroConvolution *layer);

#endif
