#include "microSmall.h"
#include "microResize.h"

InferenceStatus microCheckResize(MicroNode *node, int32_t most) {
	const MicroTensor *input = &node->input[0], *sizes = &node->input[1], *output = &node->output;
	uint32_t d;

	microCheck(microCheckRank(node, input, 4, 4));
	microCheck(microCheckRank(node, output, 4, 4));
	microCheck(microCheckIndices(node, sizes, 2));
	for (d = 0; d < 4; d++) {
		const int32_t size = (d == 1) || (d == 2) ? microI32(sizes, d - 1) : input->dims[d];
		microCheck(microExpectOf(node, input, quantityDimension, input->dims[d], 1, most));
		microCheck(microExpectOf(node, output, quantityDimension, output->dims[d], size, size));
	}
	return inferenceOk;
}
