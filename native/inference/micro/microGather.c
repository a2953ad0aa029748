/* GATHER: the parts of a tensor along one dimension that a list of indices names, constant or computed. */
#include "microSmall.h"
#include "micro.h"

#include <string.h>

enum { optionAxis = 0, optionBatches = 1 };
#define options microFields(microInt, microInt, 0, 0, 0, 0, 0, 0)

static int32_t axisOf(const MicroNode *node) {
	return node->option[optionAxis] + (node->option[optionAxis] < 0 ? node->input[0].rank : 0);
}

static int32_t batchesOf(const MicroNode *node) {
	return node->option[optionBatches] + (node->option[optionBatches] < 0 ? node->input[1].rank : 0);
}

static uint32_t product(const MicroTensor *tensor, int32_t from, int32_t to) {
	uint32_t size = 1;
	for (; from < to; from++)
		size *= (uint32_t)tensor->dims[from];
	return size;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *indices = &node->input[1], *output = &node->output;
	const int32_t axis = axisOf(node), batches = batchesOf(node), more = indices->rank - batches;
	int32_t d;
	uint32_t i;

	(void)need;
	microCheck(microCheckSameType(node, input, output));
	if (!indices->present || (indices->type != inferenceInt32))
		return microRefuse(node, indices, "must be int32");
	microCheck(microExpect(node, input, "axis", axis, 0, (int32_t)input->rank - 1));
	microCheck(microExpect(node, indices, "batch dimensions", batches, 0, axis < indices->rank ? axis : indices->rank));
	microCheck(microCheckRank(node, output, input->rank - 1 + more, input->rank - 1 + more));
	for (d = 0; d < output->rank; d++) {
		const int32_t size = d < axis ? input->dims[d]
			: d < axis + more         ? indices->dims[batches + d - axis]
									  : input->dims[d - more + 1];
		microCheck(microExpectOf(node, output, quantityDimension, output->dims[d], size, size));
		if (d < batches)
			microCheck(microExpectOf(node, indices, quantityDimension, indices->dims[d], size, size));
	}
	for (i = 0; indices->constant && (i < indices->elements); i++)
		microCheck(microExpect(node, indices, "index", microI32(indices, i), 0, input->dims[axis] - 1));
	return inferenceOk;
}

static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *indices = &node->input[1];
	const int32_t axis = axisOf(node), batches = batchesOf(node);
	const uint32_t size = (uint32_t)input->dims[axis], inner = input->bytes / product(input, 0, axis + 1);
	const uint32_t batchCount = product(input, 0, batches), count = product(indices, batches, indices->rank);
	const uint32_t outer = product(input, batches, axis);
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	uint32_t batch, o, i;

	for (batch = 0; batch < batchCount; batch++)
		for (o = 0; o < outer; o++)
			for (i = 0; i < count; i++, to += inner) {
				/* One that is computed may be anything; outside, it is the first. */
				uint32_t index = (uint32_t)microI32(indices, batch * count + i);
				if (index >= size)
					index = 0;
				memcpy(to, input->data + ((batch * outer + o) * size + index) * inner, inner);
			}
}

const MicroKernel microKernelGATHER = { microIdentity(GATHER), 3, 2, 2, options, check, run };
