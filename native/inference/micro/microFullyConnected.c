/*
 * FULLY_CONNECTED, int8: [rows, count] x [outputs, count]. Each weight is used once a row, so folding the zero point into
 * the bias would cost as much as it saves: it is taken off each input value, which microRows outputs then share.
 */
#include "microChannels.h"
#include "microDot.h"

#if defined(__XTENSA__)
	#define microRows 4
#else
	#define microRows 8
#endif

enum { optionActivation = 0, optionWeightsFormat = 1 };

/* A per-tensor layer's factor: TensorFlow Lite Micro multiplies the two scales in float32 there. */
static double floatProduct(float input, float weight, float output) {
	volatile float product = input * weight;
	return (double)product / (double)output;
}

typedef double (*Product)(float, float, float);

static Product productOf(const MicroNode *node) {
	return node->input[1].scaleCount > 1 ? microProductScale : floatProduct;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *weights = &node->input[1], *output = &node->output;
	int32_t low, high;

	(void)need;
	if (!node->options)
		return microRefuse(node, NULL, "has no options");
	if (microFieldU8(&node->reader, node->options, optionWeightsFormat, 0))
		return microRefuse(node, NULL, "shuffled weights");
	if (weights->rank != 2)
		return microRefuse(node, weights, "has %u dimensions, 2 expected", (uint32_t)weights->rank);
	if (input->elements % (uint32_t)weights->dims[1])
		return microRefuse(node, input, "has %u elements, a multiple of %d expected", input->elements, weights->dims[1]);
	if ((uint64_t)input->elements / (uint32_t)weights->dims[1] * (uint32_t)weights->dims[0] != output->elements)
		return microRefuse(node, output, "has %u elements, %d a row of %u rows expected", output->elements, weights->dims[0], input->elements / (uint32_t)weights->dims[1]);
	microCheck(microCheckLayer(node, weights->dims[0], 0, productOf(node)));
	if (!microActivationRange(microFieldU8(&node->reader, node->options, optionActivation, 0), output, &low, &high))
		return microRefuse(node, NULL, "fused activation that is not understood");
	return inferenceOk;
}

static void run(MicroNode *node) {
	const MicroTensor *weightsTensor = &node->input[1];
	const int8_t *weights = (const int8_t *)weightsTensor->data, *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	int32_t outputs = weightsTensor->dims[0], count = weightsTensor->dims[1], rows = (int32_t)(node->input[0].elements / (uint32_t)count);
	const int32_t zeroPoint = node->input[0].zeroPoint, weightZero = weightsTensor->zeroPoint, outZero = node->output.zeroPoint;
	int32_t row, c, k, low, high;
	bool perChannel = weightsTensor->scaleCount > 1;
	MicroScale scale = microChannelScale(node, 0, productOf(node));

	microActivationRange(microFieldU8(&node->reader, node->options, optionActivation, 0), &node->output, &low, &high);
	for (row = 0; row < rows; row++, input += count, output += outputs) {
		uint32_t offset = 0;
		/* A weight zero point takes the same amount off every output of the row. */
		if (weightZero) {
			for (k = 0; k < count; k++)
				offset += (uint32_t)(input[k] - zeroPoint);
			offset *= (uint32_t)weightZero;
		}
		for (c = 0; c < outputs; c += microRows) {
			const int8_t *weight[microRows], *pixel[1] = { input };
			uint32_t sum[microRows][1];
			int32_t o;

			_Pragma("GCC unroll 8")
			for (o = 0; o < microRows; o++) {
				int32_t channel = c + o < outputs ? c + o : outputs - 1;
				weight[o] = weights + channel * count;
				sum[o][0] = 0;
			}
			microDot(microRows, 1, count);
			for (o = 0; (o < microRows) && (c + o < outputs); o++) {
				int32_t bias = microBias(node, (uint32_t)(c + o));
				if (perChannel)
					scale = microChannelScale(node, (uint32_t)(c + o), microProductScale);
				bias = (int32_t)((uint32_t)bias + sum[o][0] - offset);
				output[c + o] = (int8_t)microClamp((int32_t)((uint32_t)microMultiply(bias, scale) + (uint32_t)outZero), low, high);
			}
		}
	}
}

const MicroKernel microKernelFULLY_CONNECTED = { "FULLY_CONNECTED", 9, 12, 8, 2, 3, check, run };
