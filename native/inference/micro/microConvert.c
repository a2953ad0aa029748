/* QUANTIZE (float32, int8 or uint8 to int8; int8 to uint8) and DEQUANTIZE (int8 or uint8 to float32). */
#include "microSmall.h"
#include "microQuantize.h"

#include <string.h>

static bool byteType(const MicroTensor *tensor) {
	return ((tensor->type == inferenceInt8) || (tensor->type == inferenceUint8)) && (tensor->scaleCount == 1);
}

static bool rescale(const MicroNode *node, MicroScale *scale) {
	return microScaleOf(node->input[0].scale, 1.0f, node->output.scale, scale);
}

static InferenceStatus sameSize(MicroNode *node) {
	if (!node->input[0].present)
		return microRefuse(node, NULL, "an input that must be present is left out");
	return microCheckElements(node, &node->output, node->input[0].elements);
}

static InferenceStatus checkQuantize(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	MicroScale scale;

	microCheck(sameSize(node));
	if (!byteType(output))
		return microRefuse(node, output, "must be int8 or uint8 with one scale");
	if (input->type != inferenceFloat32) {
		if (!byteType(input) || ((input->type == inferenceUint8) && (output->type == inferenceUint8)))
			return microRefuse(node, input, "must be float32, or int8 or uint8 with one scale");
		if (!rescale(node, &scale))
			return microRefuse(node, input, "has a scale 2^30 times the output's");
	}
	/* From the first to the last: an output element is never wider than its input. */
	need->overlap[0].forward = 0;
	return inferenceOk;
}

/* round(x / scale) + zero point, out of the type's range where x is; NaN becomes the zero point. */
static int32_t quantize(uint32_t bits, MicroFloat scale, int32_t zeroPoint) {
	MicroFloat x = microUnpackBits(bits);
	int32_t steps = microRound(microQuotient(x, scale));
	if ((x.exponent > 254) && (x.mantissa != 0x800000))
		return zeroPoint;
	steps = (x.exponent > 254) || (steps > 65536) ? 65536 : steps;
	return (bits >> 31 ? -steps : steps) + zeroPoint;
}

static void runQuantize(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	uint8_t *to = (uint8_t *)(uintptr_t)output->data;
	int32_t low = output->type == inferenceInt8 ? -128 : 0, high = low + 255;
	uint32_t i;
	MicroFloat outScale = microUnpack(output->scale);
	MicroScale scale;

	if (input->type == inferenceFloat32) {
		for (i = 0; i < output->elements; i++) {
			to[i] = (uint8_t)microClamp(quantize((uint32_t)microI32(input, i), outScale, output->zeroPoint), low, high);
		}
		return;
	}
	rescale(node, &scale);
	for (i = 0; i < output->elements; i++) {
		int32_t x = input->type == inferenceInt8 ? (int8_t)input->data[i] : input->data[i];
		x = (int32_t)((uint32_t)microMultiply(x - input->zeroPoint, scale) + (uint32_t)output->zeroPoint);
		to[i] = (uint8_t)microClamp(x, low, high);
	}
}

static InferenceStatus checkDequantize(MicroNode *node, MicroNeed *need) {
	microCheck(sameSize(node));
	if (!byteType(&node->input[0]))
		return microRefuse(node, &node->input[0], "must be int8 or uint8 with one scale");
	if (node->output.type != inferenceFloat32)
		return microRefuse(node, &node->output, "must be float32");
	(void)need;
	return inferenceOk;
}

static void runDequantize(MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	uint32_t i;

	for (i = 0; i < node->output.elements; i++) {
		int32_t x = input->type == inferenceInt8 ? (int8_t)input->data[i] : input->data[i];
		float value = input->scale * (float)(x - input->zeroPoint);
		memcpy(to + 4 * i, &value, sizeof(value));
	}
}

const MicroKernel microKernelQUANTIZE = { microIdentity(QUANTIZE), 3, 1, 1, 0, checkQuantize, runQuantize };
const MicroKernel microKernelDEQUANTIZE = { microIdentity(DEQUANTIZE), 4, 1, 1, 0, checkDequantize, runDequantize };
