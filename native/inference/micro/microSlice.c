/* SLICE: a box out of a tensor, at constant bounds. */
#include "microSmall.h"
#include "microIndex.h"

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *begins = &node->input[1], *sizes = &node->input[2];
	const MicroTensor *output = &node->output;
	int32_t steps[inferenceMaxRank];
	uint32_t d, from = 0;
	bool dense = true;

	microDenseSteps(input, steps);
	microCheck(microCheckSameType(node, input, output));
	microCheck(microCheckIndices(node, begins, input->rank));
	microCheck(microCheckIndices(node, sizes, input->rank));
	microCheck(microCheckRank(node, output, input->rank, input->rank));
	for (d = 0; d < input->rank; d++) {
		const int32_t begin = microI32(begins, d);
		int32_t size = microI32(sizes, d);
		microCheck(microExpect(node, begins, "begin", begin, 0, input->dims[d] - 1));
		if (size == -1)
			size = input->dims[d] - begin;
		microCheck(microExpect(node, sizes, "size", size, 1, input->dims[d] - begin));
		microCheck(microExpectOf(node, output, quantityDimension, output->dims[d], size, size));
		/* One piece of the input: all of a dimension, or nothing but ones before it. */
		dense = (size == input->dims[d]) ? dense : dense && (output->elements == (uint32_t)(size * steps[d]));
		from += (uint32_t)(begin * steps[d]);
	}
	if (dense)
		need->part = from * microTypeBytes(input->type);
	return inferenceOk;
}

static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	const uint32_t bytes = microTypeBytes(input->type);
	MicroWalk walk;
	uint32_t d, from = 0;

	microDenseSteps(input, walk.step);
	microDenseSteps(&node->output, walk.outStep);
	walk.rank = input->rank;
	for (d = 0; d < walk.rank; d++) {
		walk.size[d] = node->output.dims[d];
		from += (uint32_t)(microI32(&node->input[1], d) * walk.step[d]);
	}
	microWalk(&walk, input->data + from * bytes, (uint8_t *)(uintptr_t)node->output.data, bytes);
}

const MicroKernel microKernelSLICE = { microIdentity(SLICE), 5, 3, 3, 0, check, run };
