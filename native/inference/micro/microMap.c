#include "microMap.h"

/* The size of a table, and the number of elements from which one is faster than each element's own value. */
enum { tableSize = 256 };

InferenceStatus microCheckMap(MicroNode *node, MicroNeed *need) {
	microCheck(microCheckNumbers(node, &node->input[0]));
	microCheck(microCheckNumbers(node, &node->output));
	microCheck(microCheckElements(node, &node->output, node->input[0].elements));
	if (!microFloatBits(node->output.scale))
		return microRefuse(node, &node->output, "has a scale of 0");
	need->scratch = (node->output.elements > tableSize) && !microIsInt16(&node->output) ? tableSize : 0;
	need->overlap[0].forward = 0;
	return inferenceOk;
}

void microMap(MicroNode *node, int32_t (*value)(const void *context, int32_t input), const void *context) {
	const uint8_t *input = node->input[0].data;
	uint8_t *output = (uint8_t *)(uintptr_t)node->output.data, *table = node->scratch;
	uint32_t i, count = node->output.elements;
	int32_t x;

	if (microIsInt16(&node->output)) {
		for (i = 0; i < 2 * count; i += 2)
			microPutInt16(output + i, value(context, microInt16At(input + i)));
		return;
	}
	if (count <= tableSize) {
		for (i = 0; i < count; i++)
			output[i] = (uint8_t)value(context, (int8_t)input[i]);
		return;
	}
	for (x = -128; x < 128; x++)
		table[x & 0xFF] = (uint8_t)value(context, x);
	for (i = 0; i < count; i++)
		output[i] = table[input[i]];
}
