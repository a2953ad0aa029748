/* Checks that several operators share. */
#include "microSmall.h"
#include "microQuantize.h"

static InferenceStatus present(const MicroNode *node, const MicroTensor *tensor) {
	return tensor->present ? inferenceOk : microRefuse(node, NULL, "an input that must be present is left out");
}

InferenceStatus microCheckInt8(MicroNode *node, const MicroTensor *tensor) {
	microCheck(present(node, tensor));
	if ((tensor->type != inferenceInt8) || (tensor->scaleCount != 1))
		return microRefuse(node, tensor, "must be int8 with one scale");
	return inferenceOk;
}

InferenceStatus microCheckInt16(MicroNode *node, const MicroTensor *tensor) {
	microCheck(present(node, tensor));
	if ((tensor->type != inferenceInt16) || (tensor->scaleCount != 1) || tensor->zeroPoint)
		return microRefuse(node, tensor, "must be int16 with one scale and zero point 0");
	return inferenceOk;
}

InferenceStatus microCheckLikeFirst(MicroNode *node, const MicroTensor *tensor) {
	return (microIsInt16(&node->input[0]) ? microCheckInt16 : microCheckInt8)(node, tensor);
}

InferenceStatus microCheckSameScale(MicroNode *node, const MicroTensor *a, const MicroTensor *b) {
	const MicroFloat x = microUnpack(a->scale), y = microUnpack(b->scale), most = microUnpack(1e-6f);
	const MicroFloat larger = x.exponent > y.exponent ? x : y, smaller = x.exponent > y.exponent ? y : x;
	/* In units of the larger one's last bit; values below the bound itself are close enough. */
	const int32_t apart = larger.exponent - smaller.exponent, above = larger.exponent - most.exponent;
	const int32_t difference = (int32_t)larger.mantissa - (int32_t)(apart < 24 ? smaller.mantissa >> apart : 0),
				  bound = above < 24 ? (int32_t)(most.mantissa >> (above & 31)) : 0;
	if (((above >= 0) && ((difference > bound) || (-difference > bound))) || (a->zeroPoint != b->zeroPoint))
		return microRefuse(node, b, "must have the scale and zero point of tensor %d", a->index);
	return inferenceOk;
}

InferenceStatus microCheckSameType(MicroNode *node, const MicroTensor *a, const MicroTensor *b) {
	microCheck(present(node, a));
	/* A variable's handle has no bytes of its own. */
	if ((a->type != b->type) || (a->type == microResource) || (microTypeBytes(a->type) - 1 > 3))
		return microRefuse(node, b, "must be of the type of tensor %d, of 1 to 4 bytes", a->index);
	return inferenceOk;
}

InferenceStatus microCheckConstant(MicroNode *node, const MicroTensor *tensor, InferenceType type) {
	microCheck(present(node, tensor));
	if ((tensor->type != type) || !tensor->constant)
		return microRefuse(node, tensor, "must be a constant of %s", type == inferenceInt8 ? "int8" : "int32");
	return inferenceOk;
}

InferenceStatus microCheckElements(MicroNode *node, const MicroTensor *tensor, uint32_t elements) {
	return microExpectOf(
		node, tensor, quantityElements, (int32_t)tensor->elements, (int32_t)elements, (int32_t)elements);
}

InferenceStatus microCheckRank(MicroNode *node, const MicroTensor *tensor, int32_t least, int32_t most) {
	return microExpectOf(node, tensor, quantityRank, tensor->rank, least, most);
}

InferenceStatus microCheckIndices(MicroNode *node, const MicroTensor *tensor, int32_t elements) {
	microCheck(microCheckConstant(node, tensor, inferenceInt32));
	return microCheckElements(node, tensor, (uint32_t)elements);
}

InferenceStatus microCheckActivation(MicroNode *node, int32_t activation, MicroRange *range) {
	if (microActivationRange((uint8_t)activation, &node->output, range))
		return inferenceOk;
	return microRefuse(
		node, NULL, "fused activation %d that is not understood, or reaches too far for the scale", activation);
}
