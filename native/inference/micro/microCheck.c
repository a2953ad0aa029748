/* Checks that several operators share. */
#include "micro.h"

InferenceStatus microCheckInt8(MicroNode *node, const MicroTensor *tensor) {
	if (!tensor->present)
		return microRefuse(node, NULL, "an input that must be present is left out");
	if ((tensor->type != inferenceInt8) || (tensor->scaleCount != 1))
		return microRefuse(node, tensor, "must be int8 with one scale");
	return inferenceOk;
}

InferenceStatus microCheckSameScale(MicroNode *node, const MicroTensor *a, const MicroTensor *b) {
	float difference = a->scale - b->scale;
	if (!((difference <= 1e-6f) && (difference >= -1e-6f)) || (a->zeroPoint != b->zeroPoint))
		return microRefuse(node, b, "must have the scale and zero point of tensor %d", a->index);
	return inferenceOk;
}

InferenceStatus microCheckSameType(MicroNode *node, const MicroTensor *a, const MicroTensor *b) {
	if (!a->present)
		return microRefuse(node, NULL, "an input that must be present is left out");
	if ((a->type != b->type) || (microTypeBytes(a->type) == 0) || (microTypeBytes(a->type) > 4))
		return microRefuse(node, b, "is of type %u, tensor %d of type %u; the same type of 1 to 4 bytes expected", (uint32_t)b->type, a->index, (uint32_t)a->type);
	return inferenceOk;
}

InferenceStatus microCheckIndices(MicroNode *node, const MicroTensor *tensor, uint32_t elements) {
	if (!tensor->present)
		return microRefuse(node, NULL, "an input that must be present is left out");
	if ((tensor->type != inferenceInt32) || !tensor->constant || (tensor->elements != elements))
		return microRefuse(node, tensor, "must be a constant int32 list of %u", elements);
	return inferenceOk;
}
