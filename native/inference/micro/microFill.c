/* FILL and SHAPE: outputs that do not depend on any data but one number. */
#include "microSmall.h"
#include "micro.h"

#include <string.h>

static InferenceStatus checkFill(MicroNode *node, MicroNeed *need) {
	const MicroTensor *dims = &node->input[0], *value = &node->input[1], *output = &node->output;

	(void)need;
	microCheck(microCheckSameType(node, value, output));
	microCheck(microCheckRank(node, value, 0, 0));
	return microCheckSizes(node, dims, 0, output->rank);
}

static void runFill(MicroNode *node) {
	const uint32_t bytes = microTypeBytes(node->output.type);
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	uint32_t i;

	for (i = 0; i < node->output.elements; i++)
		memcpy(to + i * bytes, node->input[1].data, bytes);
}

static InferenceStatus checkShape(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;

	(void)need;
	if (!input->present || (output->type != inferenceInt32))
		return microRefuse(node, output, "must be int32");
	return microCheckElements(node, output, input->rank);
}

static void runShape(MicroNode *node) {
	memcpy((uint8_t *)(uintptr_t)node->output.data, node->input[0].dims, node->output.bytes);
}

const MicroKernel microKernelFILL = { microIdentity(FILL), 3, 2, 2, 0, checkFill, runFill };
const MicroKernel microKernelSHAPE = { microIdentity(SHAPE), 1, 1, 1, 0, checkShape, runShape };
