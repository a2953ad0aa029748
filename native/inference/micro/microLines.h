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

/* The kernels for a line: one output at a time, or three with a kernel 3 wide or any, by a stride of 1 or 2. */
typedef enum { microSingles, microThreeByOne, microThreeByTwo, microAnyByOne } MicroLineKind;

/* The fastest kernel that computes the channel's lines exactly. */
MicroLineKind microLineKind(const MicroDepthwise *layer, const MicroChannel *channel);

/* A line of outputs: its windows begin at `plane`, `taps` are the weights of the channel, row by row. */
void microLine(const MicroDepthwise *layer, MicroLineKind kind, const int8_t *plane, const int8_t *taps,
	const MicroChannel *channel, int8_t *output);

#endif
