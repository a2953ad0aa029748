#include "microChannels.h"

bool microChannelScale(const MicroNode *node, uint32_t c, MicroScale *scale) {
	float input = node->input[0].scale, weight = microScale(node, &node->input[1], c);
	if ((node->code == 9) && (node->input[1].scaleCount == 1)) {
		/* TensorFlow Lite Micro multiplies the scales of a fully connected layer per tensor in float32. */
		return microScaleOfParts(microProduct(microUnpack(input), microUnpack(weight)), microUnpack(1.0f), microUnpack(node->output.scale), scale);
	}
	return microScaleOf(input, weight, node->output.scale, scale);
}

microCold InferenceStatus microCheckLayer(MicroNode *node, int32_t channels, int32_t axis) {
	const MicroTensor *weights = &node->input[1], *bias = &node->input[2];
	uint32_t c;

	if (!weights->present || (weights->type != inferenceInt8) || !weights->constant || (weights->scaleCount == 0))
		return microRefuse(node, weights, "must be constant int8 weights with scales");
	if ((weights->scaleCount > 1) && ((weights->axis != axis) || (weights->scaleCount != (uint32_t)channels)))
		return microRefuse(node, weights, "has %u scales along dimension %d, %d along %d expected", weights->scaleCount, weights->axis, channels, axis);
	if (bias->present && ((bias->type != inferenceInt32) || !bias->constant || (bias->elements != (uint32_t)channels)))
		return microRefuse(node, bias, "must be a constant int32 bias of %d elements", channels);
	for (c = 0; c < weights->scaleCount; c++) {
		MicroScale scale;
		if (!microChannelScale(node, c, &scale))
			return microRefuse(node, weights, "has a scale (channel %u) that is 2^30 times too large for its layer", c);
	}
	return inferenceOk;
}

bool microWideSums(int32_t bias, uint32_t taps) {
	/* taps * 255 * 128 and the bias below 2^29 each. */
	return (taps > 16384) || (bias > (1 << 29)) || (bias < -(1 << 29));
}

microCold void microLayer(const MicroNode *node, MicroLayer *layer) {
	layer->scales = node->inference->bytes + node->input[1].scales;
	layer->scaleStep = node->input[1].scaleCount > 1 ? 4 : 0;
	layer->bias = node->input[2].present ? node->input[2].data : NULL;
	layer->zeroPoint = node->input[0].zeroPoint;
	layer->input = microUnpack(node->input[0].scale);
	layer->output = microUnpack(node->output.scale);
}

static uint32_t word(const uint8_t *p) {
	return p[0] | ((uint32_t)p[1] << 8) | ((uint32_t)p[2] << 16) | ((uint32_t)p[3] << 24);
}

void microFoldChannel(const MicroLayer *layer, MicroChannel *channel, uint32_t c, const int8_t *weights, uint32_t taps, int32_t taken) {
	const int8_t *end = weights + taps;
	int32_t sum = 0, bias = layer->bias ? (int32_t)word(layer->bias + 4 * c) : 0;
	MicroScale scale;

	/* Sums wrap, as the reference's do on the chips it runs on. */
	channel->bias = bias;
	if (layer->zeroPoint != taken) {
		for (; end - weights >= 8; weights += 8)
			sum += weights[0] + weights[1] + weights[2] + weights[3] + weights[4] + weights[5] + weights[6] + weights[7];
		while (weights != end)
			sum += *weights++;
		channel->bias = (int32_t)((uint32_t)bias - (uint32_t)(layer->zeroPoint - taken) * (uint32_t)sum);
	}
	microScaleOfParts(layer->input, microUnpackBits(word(layer->scales + c * layer->scaleStep)), layer->output, &scale);
	channel->scale = microFastScale(scale, microWideSums(bias, taps));
}
