/*
 * The inner loops of depthwise convolution: one channel, gathered into a plane whose border is filled with zero points.
 */
#ifndef LOAM_MICRO_LINES_H
#define LOAM_MICRO_LINES_H

#include "microChannels.h"
#include "microGeometry.h"

/* One dimension of the image in the plane. Steps are bytes in the tensors, from one index to the next. */
typedef struct {
	int32_t in, out, kernel, stride, dilation, pad;
	int32_t plane; /* elements in the plane */
	int32_t inStep, outStep, weightStep;
} MicroSide;

typedef struct {
	MicroGeometry geometry;
	int32_t multiplier;
	MicroSide along, across; /* neighbours in the plane's memory lie along */
	bool isDirect;           /* a line that is read from the tensor, without a plane */
	int32_t zeroPoint;       /* of the input */
	MicroRange range;
} MicroDepthwise;

/* `lines` times `length` bytes that are `step` apart, made contiguous. */
void microGather(
	const int8_t *from, int32_t lineStep, int32_t step, int8_t *to, int32_t toLineStep, int32_t lines, int32_t length);

/*
 * The outputs of a channel, whose requantization is fast, of kernels of 3 x 3 without dilation.
 * @param plane the first tap of the first output
 * @param weights the channel's first
 */
void microWindows(const MicroDepthwise *layer, const int8_t *plane, const int8_t *weights, const MicroChannel *channel,
	int8_t *output);

/* A line of at least three of them, of any kernel. */
void microThrees(const MicroDepthwise *layer, const int8_t *plane, const int8_t *weights, const MicroChannel *channel,
	int8_t *output);

/* A line of `channels` channels, from the tensors. @param input the first channel's */
void microDirect(const MicroDepthwise *layer, const int8_t *input, const int8_t *weights, const MicroChannel *channel,
	int8_t *output, int32_t channels);

#endif
