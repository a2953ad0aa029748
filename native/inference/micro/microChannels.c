#include "microSmall.h"
#include "microChannels.h"

microCold InferenceStatus microCheckLayer(MicroNode *node, int32_t channels, int32_t axis) {
	const MicroTensor *weights = &node->input[1], *bias = &node->input[2];
	MicroLayer layer;
	MicroScale scale;
	int32_t most;
	uint32_t c;

	microCheck(microCheckConstant(node, weights, inferenceInt8));
	if (weights->scaleCount != 1) {
		microCheck(microExpectOf(node, weights, quantityScales, (int32_t)weights->scaleCount, channels, channels));
		microCheck(microExpectOf(node, weights, quantityAxis, weights->axis, axis, axis));
	}
	if (bias->present)
		microCheck(microCheckIndices(node, bias, channels));
	microLayer(node, &layer);
	/* Of several, the exponent up to which they are small enough without a division. */
	most = layer.output.exponent - layer.input.exponent + 126 + 28;
	for (c = 0; c < weights->scaleCount; c++)
		if ((!layer.scaleStep || ((int32_t)(microWord(layer.scales + 4 * c) >> 23) > most)) &&
			!microChannelScale(&layer, c, &scale))
			return microRefuse(node, weights, "has a scale (channel %u) 2^30 times too large", c);
	return inferenceOk;
}

microCold void microLayer(const MicroNode *node, MicroLayer *layer) {
	static const uint8_t one[4] = { 0, 0, 0x80, 0x3F };
	const MicroTensor *weights = &node->input[1];
	const bool depthwise = node->code == builtinDEPTHWISE_CONV_2D;

	layer->prepared = node->channels;
	layer->weights = (const int8_t *)weights->data;
	layer->channels = (uint32_t)weights->dims[depthwise ? 3 : 0];
	layer->taps = weights->elements / layer->channels;
	layer->channelStep = depthwise ? 1 : layer->taps;
	layer->tapStep = depthwise ? layer->channels : 1;
	layer->scales = node->inference->bytes + weights->scales;
	layer->scaleStep = weights->scaleCount > 1 ? 4 : 0;
	layer->bias = node->input[2].present ? node->input[2].data : NULL;
	layer->weightZeroPoint = weights->zeroPoint;
	layer->zeroPoint = node->input[0].zeroPoint;
	layer->input = microUnpack(node->input[0].scale);
	layer->output = microUnpack(node->output.scale);
	if ((node->code == builtinFULLY_CONNECTED) && !layer->scaleStep) {
		/* TensorFlow Lite Micro multiplies the scales of a fully connected layer per tensor in float32. */
		layer->input = microProduct(layer->input, microUnpack(weights->scale));
		layer->scales = one;
	}
	if (!layer->scaleStep)
		microChannelScale(layer, 0, &layer->scale);
}

bool microChannelScale(const MicroLayer *layer, uint32_t c, MicroScale *scale) {
	return microScaleOfParts(
		layer->input, microUnpackBits(microWord(layer->scales + c * layer->scaleStep)), layer->output, scale);
}

int32_t microChannelBias(const MicroLayer *layer, uint32_t c) {
	return layer->bias ? (int32_t)microWord(layer->bias + 4 * c) : 0;
}

void microFoldChannel(const MicroLayer *layer, MicroChannel *channel, uint32_t c, bool plain) {
	const int32_t bias = microChannelBias(layer, c);
	MicroScale scale = layer->scale;

	if (microTakesPlain && layer->prepared) {
		*channel = layer->prepared[c];
		if (plain)
			channel->bias = bias;
		return;
	}
	/* Sums wrap, as the reference's do on its target chips. */
	channel->bias = bias;
	if (!plain && layer->zeroPoint) {
		const uint32_t step = layer->tapStep;
		const int8_t *weight = layer->weights + c * layer->channelStep;
		uint32_t left = layer->taps;
		int32_t sum = 0;
		for (; left >= 4; left -= 4, weight += 4 * step)
			sum += weight[0] + weight[step] + weight[2 * step] + weight[3 * step];
		for (; left; left--, weight += step)
			sum += *weight;
		channel->bias = (int32_t)((uint32_t)bias - (uint32_t)layer->zeroPoint * (uint32_t)sum);
	}
	if (layer->scaleStep)
		microChannelScale(layer, c, &scale);
	channel->scale = microFastScale(scale, layer->weightZeroPoint || microWideSums(bias, layer->taps));
}
