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
	MicroRange range;
} MicroDepthwise;

/* `lines` times `length` bytes that are `step` apart, made contiguous. */
void microGather(
	const int8_t *from, int32_t lineStep, int32_t step, int8_t *to, int32_t toLineStep, int32_t lines, int32_t length);

/*
 * The outputs of a channel.
 * @param plane the channel's image with its border
 * @param taps the weights of the channel, those along the lines adjacent
 */
void microLines(
	const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output);

/* A line of them, one by one: for short lines, or channels that need the slow requantization. In a cold file, for its size. */
void microSingles(
	const MicroDepthwise *layer, const int8_t *plane, const int8_t *taps, const MicroChannel *channel, int8_t *output);

#endif
