#include "microSmall.h"
#include "microResize.h"

InferenceStatus microCheckResize(MicroNode *node, int32_t most) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	uint32_t d;

	microCheck(microCheckRank(node, input, 4, 4));
	microCheck(microCheckRank(node, output, 4, 4));
	for (d = 0; d < 4; d++) {
		const int32_t size = input->dims[d], isKept = d % 3 == 0;
		microCheck(microExpectOf(node, input, quantityDimension, size, 1, most));
		microCheck(
			microExpectOf(node, output, quantityDimension, output->dims[d], isKept ? size : 1, isKept ? size : most));
	}
	return microCheckSizes(node, &node->input[1], 1, 2);
}
