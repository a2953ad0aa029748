/* CONCATENATION along one dimension, of any number of inputs, and PACK along a new one. */
#include "microSmall.h"
#include "microCopy.h"
#include "micro.h"
#include "microFloat.h"

enum { optionAxis = 0, optionActivation = 1 };
#define options microFields(microInt, microByte, 0, 0, 0, 0, 0, 0)
enum { optionPackAxis = 1 };
#define packOptions microFields(microInt, microInt, 0, 0, 0, 0, 0, 0)

static bool packs(const MicroNode *node) {
	return node->code == builtinPACK;
}

static int32_t axisOf(const MicroNode *node) {
	int32_t axis = node->option[packs(node) ? optionPackAxis : optionAxis];
	return axis < 0 ? axis + node->output.rank : axis;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *output = &node->output;
	MicroTensor input;
	const bool isPack = packs(node);
	int32_t axis, d;
	uint32_t i;
	int64_t sum = 0;
	bool outermost = true;

	axis = axisOf(node);
	if ((axis < 0) || (axis >= output->rank))
		return microRefuse(node, output, "has no dimension %d to concatenate along", axis);
	if (!isPack && (uint8_t)node->option[optionActivation])
		return microRefuse(node, NULL, "fused activation");
	for (i = 0; i < node->inputCount; i++) {
		microCheck(microNodeInput(node, i, &input));
		microCheck(microCheckSameType(node, &input, output));
		if (!isPack && (input.type == inferenceInt8) &&
			((microFloatBits(input.scale) != microFloatBits(output->scale)) || (input.zeroPoint != output->zeroPoint)))
			return microRefuse(node, &input, "must have the output's scale and zero point");
		microCheck(microCheckRank(node, &input, output->rank - isPack, output->rank - isPack));
		for (d = 0; d < output->rank; d++)
			if (d != axis)
				microCheck(microExpectOf(node, &input, quantityDimension, input.dims[d - (isPack && (d > axis))],
					output->dims[d], output->dims[d]));
		sum += isPack ? 1 : input.dims[axis];
	}
	if (sum != output->dims[axis])
		return microRefuse(
			node, output, "has dimension %d of %d, its inputs add up to something else", axis, output->dims[axis]);
	for (d = 0; d < axis; d++)
		outermost = outermost && (output->dims[d] == 1);
	need->joins = outermost;
	return inferenceOk;
}

static void run(MicroNode *node) {
	int32_t axis = axisOf(node);
	uint32_t outer = 1, inner = microTypeBytes(node->output.type), i, o, at = 0;
	int32_t d;

	for (d = 0; d < axis; d++)
		outer *= (uint32_t)node->output.dims[d];
	for (d = axis + 1; d < node->output.rank; d++)
		inner *= (uint32_t)node->output.dims[d];
	for (i = 0; i < node->inputCount; i++) {
		MicroTensor input;
		uint32_t bytes;
		microNodeInput(node, i, &input);
		bytes = inner * (packs(node) ? 1 : (uint32_t)input.dims[axis]);
		for (o = 0; o < outer; o++) {
			uint8_t *to = (uint8_t *)(uintptr_t)node->output.data + o * inner * (uint32_t)node->output.dims[axis] + at;
			/* The input may be there already. */
			if (to != input.data)
				microCopy(to, input.data + o * bytes, bytes);
		}
		at += bytes;
	}
}

const MicroKernel microKernelCONCATENATION = { microIdentity(CONCATENATION), 3, 1, 255, options, check, run };
const MicroKernel microKernelPACK = { microIdentity(PACK), 4, 1, 255, packOptions, check, run };
