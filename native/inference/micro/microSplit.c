/* SPLIT, SPLIT_V and UNPACK: parts of the input along one dimension, any number of them. */
#include "microSmall.h"
#include "micro.h"
#include "microCopy.h"

enum { optionUnpackAxis = 1 };
#define unpackOptions microFields(microInt, microInt, 0, 0, 0, 0, 0, 0)

typedef struct {
	const MicroTensor *input;
	int32_t axis;
	bool unpack; /* the parts do not have the dimension */
} Split;

static InferenceStatus setup(MicroNode *node, Split *split) {
	const MicroTensor *axis = NULL;

	split->unpack = node->code == builtinUNPACK;
	split->input = &node->input[node->code == builtinSPLIT ? 1 : 0];
	if (node->code == builtinSPLIT)
		axis = &node->input[0];
	else if (node->code == builtinSPLIT_V)
		axis = &node->input[2];
	if (axis) {
		microCheck(microCheckIndices(node, axis, 1));
		split->axis = microI32(axis, 0);
	} else
		split->axis = node->option[optionUnpackAxis];
	if (split->axis < 0)
		split->axis += split->input->rank;
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Split split;
	int64_t sum = 0;
	uint32_t i;

	(void)need;
	microCheck(setup(node, &split));
	if ((split.axis < 0) || (split.axis >= split.input->rank))
		return microRefuse(node, split.input, "has no dimension %d to split along", split.axis);
	if (node->code == builtinSPLIT_V)
		microCheck(microCheckIndices(node, &node->input[1], (int32_t)node->outputCount));
	for (i = 0; i < node->outputCount; i++) {
		const int32_t rank = split.input->rank - split.unpack;
		MicroTensor output;
		int32_t d;

		microCheck(microNodeOutput(node, i, &output));
		microCheck(microCheckSameType(node, split.input, &output));
		microCheck(microCheckRank(node, &output, rank, rank));
		for (d = 0; d < split.input->rank; d++) {
			const int32_t own = d - (split.unpack && (d > split.axis));
			if (d != split.axis)
				microCheck(microExpectOf(
					node, &output, quantityDimension, output.dims[own], split.input->dims[d], split.input->dims[d]));
		}
		if ((node->code == builtinSPLIT) && (output.dims[split.axis] != node->output.dims[split.axis]))
			return microRefuse(node, &output, "is not as large as the first part");
		sum += split.unpack ? 1 : output.dims[split.axis];
	}
	if (sum != split.input->dims[split.axis])
		return microRefuse(node, split.input, "has dimension %d of %d, its parts add up to something else", split.axis,
			split.input->dims[split.axis]);
	return inferenceOk;
}

static void run(MicroNode *node) {
	Split split;
	const uint8_t *from;
	uint32_t outer = 1, row, i, o;
	int32_t d;

	setup(node, &split);
	for (d = 0; d < split.axis; d++)
		outer *= (uint32_t)split.input->dims[d];
	row = split.input->bytes / outer;
	from = split.input->data;
	for (i = 0; i < node->outputCount; i++) {
		MicroTensor output;
		uint32_t part;

		microNodeOutput(node, i, &output);
		part = output.bytes / outer;
		for (o = 0; o < outer; o++)
			microCopy((uint8_t *)(uintptr_t)output.data + o * part, from + o * row, part);
		from += part;
	}
}

const MicroKernel microKernelSPLIT = { microIdentityOf(SPLIT, 1, 255), 4, 2, 2, 0, check, run };
const MicroKernel microKernelSPLIT_V = { microIdentityOf(SPLIT_V, 1, 255), 2, 3, 3, 0, check, run };
const MicroKernel microKernelUNPACK = { microIdentityOf(UNPACK, 1, 255), 4, 1, 1, unpackOptions, check, run };
