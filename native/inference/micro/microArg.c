/* ARG_MAX and ARG_MIN: where along one dimension the largest or smallest int8 is, the first of equal ones. */
#include "microSmall.h"
#include "micro.h"

#include <string.h>

static int32_t axisOf(const MicroNode *node) {
	const int32_t axis = microI32(&node->input[1], 0);
	return axis < 0 ? axis + node->input[0].rank : axis;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	int32_t axis, d;

	(void)need;
	microCheck(microCheckInt8(node, input));
	microCheck(microCheckIndices(node, &node->input[1], 1));
	axis = axisOf(node);
	microCheck(microExpect(node, input, "axis", axis, 0, (int32_t)input->rank - 1));
	if (output->type != inferenceInt32)
		return microRefuse(node, output, "must be int32");
	microCheck(microCheckRank(node, output, input->rank - 1, input->rank - 1));
	for (d = 0; d < input->rank; d++)
		if (d != axis)
			microCheck(microExpectOf(
				node, output, quantityDimension, output->dims[d - (d > axis)], input->dims[d], input->dims[d]));
	return inferenceOk;
}

static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	const bool isMax = node->code == builtinARG_MAX;
	const int32_t axis = axisOf(node), size = input->dims[axis];
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	int32_t inner = 1, d, i;
	uint32_t o;

	for (d = axis + 1; d < input->rank; d++)
		inner *= input->dims[d];
	for (o = 0; o < node->output.elements; o++, to += 4) {
		const int8_t *from =
			(const int8_t *)input->data + o / (uint32_t)inner * (uint32_t)(size * inner) + o % (uint32_t)inner;
		int32_t best = 0;
		for (i = 1; i < size; i++)
			if (isMax ? from[i * inner] > from[best * inner] : from[i * inner] < from[best * inner])
				best = i;
		memcpy(to, &best, sizeof(best));
	}
}

const MicroKernel microKernelARG_MAX = { microIdentity(ARG_MAX), 2, 2, 2, 0, check, run };
const MicroKernel microKernelARG_MIN = { microIdentity(ARG_MIN), 2, 2, 2, 0, check, run };
