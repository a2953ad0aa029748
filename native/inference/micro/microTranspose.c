/* TRANSPOSE by a constant permutation, of any type of 1, 2 or 4 bytes. */
#include "microSmall.h"
#include "microIndex.h"

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *permutation = &node->input[1], *output = &node->output;
	uint32_t d, seen = 0;

	(void)need;
	microCheck(microCheckSameType(node, input, output));
	microCheck(microCheckIndices(node, permutation, input->rank));
	microCheck(microCheckRank(node, output, input->rank, input->rank));
	for (d = 0; d < input->rank; d++) {
		int32_t from = microI32(permutation, d);
		if ((from < 0) || (from >= input->rank) || (seen & (1u << from)))
			return microRefuse(node, permutation, "is not a permutation of %u dimensions", (uint32_t)input->rank);
		seen |= 1u << from;
		microCheck(
			microExpectOf(node, output, quantityDimension, output->dims[d], input->dims[from], input->dims[from]));
	}
	return inferenceOk;
}

static void run(MicroNode *node) {
	int32_t inSteps[inferenceMaxRank];
	MicroWalk walk;
	uint32_t d;

	microDenseSteps(&node->input[0], inSteps);
	microDenseSteps(&node->output, walk.outStep);
	walk.rank = node->output.rank;
	for (d = 0; d < walk.rank; d++) {
		walk.size[d] = node->output.dims[d];
		walk.step[d] = inSteps[microI32(&node->input[1], d)];
	}
	microWalk(&walk, node->input[0].data, (uint8_t *)(uintptr_t)node->output.data, microTypeBytes(node->output.type));
}

const MicroKernel microKernelTRANSPOSE = { microIdentity(TRANSPOSE), 5, 2, 2, 0, check, run };
