/* RESHAPE, EXPAND_DIMS and SQUEEZE: the same bytes with another shape. */
#include "microSmall.h"
#include "micro.h"

#include <string.h>

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;

	microCheck(microCheckSameType(node, input, output));
	microCheck(microCheckElements(node, output, input->elements));
	/* The second input repeats the output's shape. Of one that is computed, TensorFlow Lite Micro, too, takes the file's. */
	/* memmove handles any overlap, including the same address. */
	need->overlap[0].forward = INT32_MIN;
	need->overlap[0].backward = microSameBytes;
	return inferenceOk;
}

static void run(MicroNode *node) {
	memmove((uint8_t *)(uintptr_t)node->output.data, node->input[0].data, node->output.bytes);
}

const MicroKernel microKernelRESHAPE = { microIdentity(RESHAPE), 1, 1, 2, 0, check, run };
const MicroKernel microKernelEXPAND_DIMS = { microIdentity(EXPAND_DIMS), 1, 2, 2, 0, check, run };
const MicroKernel microKernelSQUEEZE = { microIdentity(SQUEEZE), 2, 1, 1, 0, check, run };
