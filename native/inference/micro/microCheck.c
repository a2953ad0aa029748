/* Checks that several operators share. */
#include "microSmall.h"
#include "microQuantize.h"

static InferenceStatus present(const MicroNode *node, const MicroTensor *tensor) {
	return tensor->present ? inferenceOk : microRefuse(node, NULL, "a required input is left out");
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
	/* Positive floats compare like their bits. */
	uint32_t most = microFloatBits(a->scale), least = microFloatBits(b->scale);
	MicroFloat x, y;
	int32_t above;
	if (most < least) {
		most = least;
		least = microFloatBits(a->scale);
	}
	x = microUnpackBits(most);
	y = microUnpackBits(least);
	/* In units of the larger one's last bit, as 1e-6 is, whose exponent is 107; values below it are close enough. */
	above = x.exponent - 107;
	if (x.exponent - y.exponent < 24)
		x.mantissa -= y.mantissa >> (x.exponent - y.exponent);
	if (((above >= 0) && (x.mantissa > (above < 24 ? 0x8637BDu >> above : 0))) || (a->zeroPoint != b->zeroPoint))
		return microRefuse(node, b, "must have the scale and zero point of tensor %d", a->index);
	return inferenceOk;
}

InferenceStatus microCheckSameType(MicroNode *node, const MicroTensor *a, const MicroTensor *b) {
	microCheck(present(node, a));
	/* A variable's handle has no bytes of its own. */
	if ((a->type != b->type) || (a->type == microResource) || (microTypeBytes(a->type) - 1 > 3))
		return microRefuse(node, b, "must have tensor %d's type, of 1 to 4 bytes", a->index);
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

InferenceStatus microCheckKnown(MicroNode *node, const MicroTensor *tensor, int32_t elements) {
	if (!microKnown || !tensor->present || (tensor->type != inferenceInt32))
		microCheck(microCheckConstant(node, tensor, inferenceInt32));
	return microCheckElements(node, tensor, (uint32_t)elements);
}

InferenceStatus microCheckSizes(MicroNode *node, const MicroTensor *sizes, uint32_t first, uint32_t count) {
	uint32_t d;

	microCheck(microCheckKnown(node, sizes, (int32_t)count));
	for (d = 0; sizes->data && (d < count); d++) {
		const int32_t size = microI32(sizes, d);
		microCheck(microExpectOf(node, &node->output, quantityDimension, node->output.dims[first + d], size, size));
	}
	return inferenceOk;
}

InferenceStatus microCheckActivation(MicroNode *node, int32_t activation, MicroRange *range) {
	if (microActivationRange((uint8_t)activation, &node->output, range))
		return inferenceOk;
	return microRefuse(node, NULL, "fused activation %d, unknown or too far for the scale", activation);
}
