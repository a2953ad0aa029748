#include "microSmall.h"
#include "microIntegers.h"
#include "microBroadcast.h"

InferenceStatus microCheckIntegers(MicroNode *node, int32_t activation) {
	uint32_t i;

	for (i = 0; i < 2; i++) {
		const MicroTensor *input = &node->input[i];
		microCheck(microCheckSameType(node, input, &node->output));
		if (!microSpreads(input, &node->output))
			return microRefuse(node, input, "cannot be spread over the output");
	}
	return microExpect(node, NULL, "fused activation", (uint8_t)activation, 0, 0);
}

static uint32_t result(int32_t code, uint32_t x, uint32_t y) {
	switch (code) {
	case builtinADD:
		return x + y;
	case builtinMUL:
		return x * y;
	case builtinDIV:
		if (y == 0)
			return x == 0 ? 0 : x >> 31 ? 0x80000000u : INT32_MAX;
		/* Divided by -1 the least number is one too large. */
		return y == UINT32_MAX ? -x : (uint32_t)((int32_t)x / (int32_t)y);
	case builtinSUB:
		return x - y;
	default:
		return (x - y) * (x - y);
	}
}

void microRunIntegers(MicroNode *node) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1];
	uint32_t i;

	for (i = 0; i < node->output.elements; i++) {
		const uint32_t x = (uint32_t)microI32(a, microBroadcastAt(a, &node->output, i)),
					   y = (uint32_t)microI32(b, microBroadcastAt(b, &node->output, i)),
					   value = result(node->code, x, y);
		memcpy((uint8_t *)(uintptr_t)node->output.data + 4 * i, &value, 4);
	}
}
