/* CAST between integers, and to float32: the number as it is, whatever its scale. */
#include "microSmall.h"
#include "micro.h"
#include "microFloat.h"

static bool isInteger(const MicroTensor *tensor) {
	return (tensor->type == inferenceInt8) || (tensor->type == inferenceInt16) || (tensor->type == inferenceInt32);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;

	(void)need;
	if (!input->present || (!isInteger(input) && (input->type != inferenceBool)))
		return microRefuse(node, input, "must be int8, int16, int32 or bool");
	if (!isInteger(output) && (output->type != inferenceFloat32))
		return microRefuse(node, output, "must be int8, int16, int32 or float32");
	return microCheckElements(node, output, input->elements);
}

static int32_t element(const MicroTensor *tensor, uint32_t i) {
	if (tensor->type == inferenceInt32)
		return microI32(tensor, i);
	if (tensor->type == inferenceInt16)
		return (int16_t)(tensor->data[2 * i] | tensor->data[2 * i + 1] << 8);
	return tensor->type == inferenceBool ? tensor->data[i] != 0 : (int8_t)tensor->data[i];
}

static void run(MicroNode *node) {
	const uint32_t bytes = microTypeBytes(node->output.type);
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	uint32_t i, k, bits;

	for (i = 0; i < node->output.elements; i++) {
		const int32_t value = element(&node->input[0], i);
		bits = (uint32_t)value;
		if (node->output.type == inferenceFloat32)
			bits = microPack(microWhole(value < 0 ? 0 - bits : bits), value < 0);
		for (k = 0; k < bytes; k++, bits >>= 8)
			*to++ = (uint8_t)bits;
	}
}

const MicroKernel microKernelCAST = { microIdentity(CAST), 1, 1, 1, 0, check, run };
