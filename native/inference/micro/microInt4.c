#include "microSmall.h"
#include "microInt4.h"

/* What unpacked weights take: a multiple of every alignment of scratch. */
static uint32_t room(const MicroTensor *weights) {
	return (weights->elements + 15) & ~15u;
}

static void become8(MicroTensor *weights) {
	weights->type = inferenceInt8;
	weights->bytes = 0;
}

InferenceStatus microCheckInt4(
	MicroNode *node, MicroNeed *need, InferenceStatus (*check)(MicroNode *node, MicroNeed *need)) {
	MicroTensor *weights = &node->input[1];
	const MicroTensor packed = *weights;
	InferenceStatus status;

	microCheck(microCheckInt8(node, &node->input[0]));
	if (weights->elements > INT32_MAX / 64)
		return microRefuse(node, weights, "is too large");
	/* TensorFlow Lite Micro refuses them, too. */
	if ((node->code == builtinFULLY_CONNECTED) && (weights->scaleCount != 1))
		return microRefuse(node, weights, "must have one scale, being int4");
	become8(weights);
	status = check(node, need);
	*weights = packed;
	need->scratch += room(weights);
	return status;
}

void microRunInt4(MicroNode *node, void (*run)(MicroNode *node)) {
	MicroTensor *weights = &node->input[1];
	const uint8_t *from = weights->data;
	int8_t *to = (int8_t *)node->scratch;
	uint32_t i;

	for (i = 0; i < weights->elements; i++) {
		const int32_t nibble = (i & 1 ? from[i / 2] >> 4 : from[i / 2]) & 15;
		to[i] = (int8_t)((nibble ^ 8) - 8);
	}
	become8(weights);
	weights->data = node->scratch;
	node->scratch += room(weights);
	run(node);
}
