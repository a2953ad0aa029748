/*
 * Per-channel parameters of a layer: the bias with the input's zero point folded in, and the requantization. From the
 * prepared table; without one computed in scratch each time the layer runs, so that they take no RAM while another layer runs.
 */
#ifndef LOAM_MICRO_CHANNELS_H
#define LOAM_MICRO_CHANNELS_H

#include "../inferenceOptions.h"
#include "microQuantize.h"

/* Part of the prepared table. */
typedef struct MicroChannel {
	int32_t bias;
	MicroFastScale scale;
} MicroChannel;

/*
 * Checks what CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED have in common, input and output apart: constant int8 weights
 * with `channels` along dimension `axis`, an optional constant int32 bias, and a representable scale per channel.
 */
InferenceStatus microCheckLayer(MicroNode *node, int32_t channels, int32_t axis);

/* Requantizes a channel's accumulator. */
microInline int8_t microOutput(uint32_t sum, const MicroChannel *channel, const MicroRange *range) {
	int32_t x = (int32_t)(sum + (uint32_t)channel->bias);
	if (channel->scale.shift < 0)
		return microExactOutput(x, channel->scale, range);
	return (int8_t)microClamp(microFastMultiply(x, channel->scale, range->offset), range->low, range->high);
}

/* Whether accumulators of a channel may exceed microFastMultiply's range. */
microInline bool microWideSums(int32_t bias, uint32_t taps) {
	/* taps * 255 * 128 and the bias below 2^29 each. */
	return (taps > 16384) || ((uint32_t)bias + (1u << 29) > 1u << 30);
}

/* Kernels of the 16-bit multiplier take inputs less their zero point, and of prepared channels the scale only. */
#if defined(INFERENCE_MAC16)
enum { microTakesPlain = 1 };
#else
enum { microTakesPlain = 0 };
#endif

/* Shared by the channels of a layer, read once. */
typedef struct {
	const MicroChannel *prepared; /* all of them, with the zero point folded in, or NULL */
	const int8_t *weights;
	uint32_t channels, taps;
	uint32_t channelStep, tapStep; /* between weights */
	const uint8_t *scales;         /* of the weights, float32 */
	uint32_t scaleStep;            /* bytes from one channel's to the next: 0 when they share one */
	const uint8_t *bias;           /* int32, or NULL; at any alignment, as the scales */
	int32_t zeroPoint, weightZeroPoint;
	MicroFloat input, output;
	MicroScale scale; /* of a layer with one */
} MicroLayer;

void microLayer(const MicroNode *node, MicroLayer *layer);

/* Requantization of channel c; false when it is out of range. */
bool microChannelScale(const MicroLayer *layer, uint32_t c, MicroScale *scale);

/* Bias of channel c, 0 when the layer has none. */
int32_t microChannelBias(const MicroLayer *layer, uint32_t c);

/* Channel c, for inputs as they are, or with `plain` for inputs less their zero point. */
void microFoldChannel(const MicroLayer *layer, MicroChannel *channel, uint32_t c, bool plain);

/* A layer whose weights are used a few times only: `rows` rows of `count` inputs, each by `outputs` rows of weights. */
void microConnect(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs);

#endif
