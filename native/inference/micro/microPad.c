/* PAD, int8: the border is the output's zero point. */
#include "microSmall.h"
#include "microIndex.h"

#include <string.h>

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *pads = &node->input[1], *output = &node->output;
	uint32_t d;

	(void)need;
	microCheck(microCheckInt8(node, input));
	microCheck(microCheckInt8(node, output));
	microCheck(microCheckSameScale(node, input, output));
	microCheck(microCheckIndices(node, pads, 2u * input->rank));
	microCheck(microExpect(node, output, "rank", output->rank, input->rank, input->rank));
	for (d = 0; d < input->rank; d++) {
		int32_t before = microI32(pads, 2 * d), after = microI32(pads, 2 * d + 1);
		if ((before < 0) || (after < 0) || ((int64_t)input->dims[d] + before + after != output->dims[d]))
			return microRefuse(node, pads, "pads dimension %u from %d by %d and %d; the output has %d", d,
				input->dims[d], before, after, output->dims[d]);
	}
	return inferenceOk;
}

static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	uint8_t *output = (uint8_t *)(uintptr_t)node->output.data;
	MicroWalk walk;
	uint32_t d;

	memset(output, node->output.zeroPoint, node->output.bytes);
	walk.rank = input->rank;
	microDenseSteps(input, walk.step);
	microDenseSteps(&node->output, walk.outStep);
	for (d = 0; d < input->rank; d++) {
		walk.size[d] = input->dims[d];
		output += microI32(&node->input[1], 2 * d) * walk.outStep[d];
	}
	microWalk(&walk, input->data, output, 1);
}

const MicroKernel microKernelPAD = { microIdentity(PAD), 2, 2, 2, 0, check, run };
