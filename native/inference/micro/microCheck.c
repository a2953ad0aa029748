/* Checks that several operators share. */
#include "microSmall.h"
#include "microQuantize.h"

InferenceStatus microCheckInt8(MicroNode *node, const MicroTensor *tensor) {
	if (!tensor->present)
		return microRefuse(node, NULL, "an input that must be present is left out");
	if ((tensor->type != inferenceInt8) || (tensor->scaleCount != 1))
		return microRefuse(node, tensor, "must be int8 with one scale");
	return inferenceOk;
}

/* value * 2^40, cut off. */
static uint64_t fixed(float value) {
	MicroFloat x = microUnpack(value);
	int32_t shift = x.exponent - 150 + 40;
	if (shift > 26)
		return (uint64_t)x.mantissa << 26 | (uint64_t)x.exponent << 52;
	return shift >= 0 ? (uint64_t)x.mantissa << shift : shift > -32 ? x.mantissa >> -shift : 0;
}

InferenceStatus microCheckSameScale(MicroNode *node, const MicroTensor *a, const MicroTensor *b) {
	/* In steps of 2^-40: scales of 2^10 or more must be equal. */
	uint64_t x = fixed(a->scale), y = fixed(b->scale), difference = x > y ? x - y : y - x;
	if ((difference > 1099511) || (a->zeroPoint != b->zeroPoint))
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
