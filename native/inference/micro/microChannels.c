#include "microChannels.h"

MicroScale microChannelScale(const MicroNode *node, uint32_t c, double (*product)(float, float, float)) {
	MicroScale scale;
	microQuantizeScale(product(node->input[0].scale, microScale(node, &node->input[1], c), node->output.scale), &scale);
	return scale;
}

InferenceStatus microCheckLayer(MicroNode *node, int32_t channels, int32_t axis, double (*product)(float, float, float)) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *bias = &node->input[2], *output = &node->output;
	uint32_t c;

	if (!input->present || !weights->present)
		return microRefuse(node, NULL, "input and weights must be present");
	if ((input->type != inferenceInt8) || (input->scaleCount != 1))
		return microRefuse(node, input, "must be int8 with one scale");
	if ((output->type != inferenceInt8) || (output->scaleCount != 1))
		return microRefuse(node, output, "must be int8 with one scale");
	if ((weights->type != inferenceInt8) || !weights->constant || (weights->scaleCount == 0))
		return microRefuse(node, weights, "must be constant int8 weights with scales");
	if ((weights->scaleCount > 1) && ((weights->axis != axis) || (weights->scaleCount != (uint32_t)channels)))
		return microRefuse(node, weights, "has %u scales along dimension %d, %d along %d expected", weights->scaleCount, weights->axis, channels, axis);
	if (bias->present && ((bias->type != inferenceInt32) || !bias->constant || (bias->elements != (uint32_t)channels)))
		return microRefuse(node, bias, "must be a constant int32 bias of %d elements", channels);
	for (c = 0; c < weights->scaleCount; c++) {
		MicroScale scale;
		if (!microQuantizeScale(product(input->scale, microScale(node, weights, c), output->scale), &scale))
			return microRefuse(node, weights, "has a scale (channel %u) that is 2^30 times too large for its layer", c);
	}
	return inferenceOk;
}

bool microWideSums(int32_t bias, uint32_t taps) {
	/* taps * 255 * 128 and the bias below 2^29 each. */
	return (taps > 16384) || (bias > (1 << 29)) || (bias < -(1 << 29));
}

void microFoldChannel(const MicroNode *node, MicroChannel *channel, uint32_t c, const int8_t *weights, uint32_t taps) {
	int32_t sum = 0, bias = microBias(node, c);
	uint32_t t;

	for (t = 0; t < taps; t++)
		sum += weights[t];
	/* Sums wrap, as the reference's do on the chips it runs on. */
	channel->bias = (int32_t)((uint32_t)bias - (uint32_t)node->input[0].zeroPoint * (uint32_t)sum);
	channel->scale = microFastScale(microChannelScale(node, c, microProductScale), microWideSums(bias, taps));
}
