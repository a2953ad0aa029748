/* MIRROR_PAD: the border mirrors what is inside, with the edge itself (symmetric) or without it (reflect). */
#include "microSmall.h"
#include "microIndex.h"

enum { optionSymmetric = 0 };
#define options microFields(microByte, 0, 0, 0, 0, 0, 0, 0)

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *pads = &node->input[1], *output = &node->output;
	const int32_t symmetric = (uint8_t)node->option[optionSymmetric];
	uint32_t d;

	(void)need;
	microCheck(microCheckSameType(node, input, output));
	microCheck(microCheckIndices(node, pads, 2u * input->rank));
	microCheck(microCheckRank(node, output, input->rank, input->rank));
	microCheck(microExpect(node, NULL, "mode", symmetric, 0, 1));
	for (d = 0; d < input->rank; d++) {
		const int32_t before = microI32(pads, 2 * d), after = microI32(pads, 2 * d + 1);
		const int32_t most = input->dims[d] - 1 + symmetric;
		microCheck(microExpectOf(node, pads, quantityPadding, before, 0, most));
		microCheck(microExpectOf(node, pads, quantityPadding, after, 0, most));
		microCheck(microExpectOf(node, output, quantityDimension, output->dims[d], input->dims[d] + before + after,
			input->dims[d] + before + after));
	}
	return inferenceOk;
}

/* Each dimension has three parts, of which the outer two run backward in the input: 3^rank boxes. */
static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *pads = &node->input[1];
	const int32_t symmetric = (uint8_t)node->option[optionSymmetric];
	const uint32_t bytes = microTypeBytes(input->type);
	int32_t steps[inferenceMaxRank], outSteps[inferenceMaxRank], part[inferenceMaxRank] = { 0 }, d;

	microDenseSteps(input, steps);
	microDenseSteps(&node->output, outSteps);
	do {
		int32_t from = 0, to = 0;
		bool isEmpty = false;
		MicroWalk walk;

		walk.rank = input->rank;
		for (d = 0; d < input->rank; d++) {
			const int32_t before = microI32(pads, 2 * (uint32_t)d), after = microI32(pads, 2 * (uint32_t)d + 1);
			const int32_t size = input->dims[d];
			walk.size[d] = part[d] == 0 ? before : part[d] == 1 ? size : after;
			walk.step[d] = part[d] == 1 ? steps[d] : -steps[d];
			walk.outStep[d] = outSteps[d];
			from += steps[d] * (part[d] == 0 ? before - symmetric : part[d] == 1 ? 0 : size - 2 + symmetric);
			to += outSteps[d] * (part[d] == 0 ? 0 : part[d] == 1 ? before : before + size);
			isEmpty |= walk.size[d] == 0;
		}
		if (!isEmpty)
			microWalk(&walk, input->data + from * (int32_t)bytes,
				(uint8_t *)(uintptr_t)node->output.data + to * (int32_t)bytes, bytes);
		for (d = (int32_t)input->rank - 1; (d >= 0) && (++part[d] == 3); d--)
			part[d] = 0;
	} while (d >= 0);
}

const MicroKernel microKernelMIRROR_PAD = { microIdentity(MIRROR_PAD), 2, 2, 2, options, check, run };
