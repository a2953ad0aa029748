/* PAD, int8 or int16: the border is the output's zero point, of int16 0. */
#include "microSmall.h"
#include "microIndex.h"
#include "microQuantize.h"

#include <string.h>

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *pads = &node->input[1], *output = &node->output;
	int32_t steps[inferenceMaxRank], front = 0;
	uint32_t d;

	microDenseSteps(output, steps);
	microCheck(microCheckNumbers(node, input));
	microCheck(microCheckNumbers(node, output));
	microCheck(microCheckSameScale(node, input, output));
	microCheck(microCheckKnown(node, pads, 2 * input->rank));
	microCheck(microCheckRank(node, output, input->rank, input->rank));
	for (d = 0; d < input->rank; d++) {
		const int32_t more = output->dims[d] - input->dims[d];
		const int32_t before = pads->data ? microI32(pads, 2 * d) : 0,
					  after = pads->data ? microI32(pads, 2 * d + 1) : more;
		if ((before < 0) || (before > more) || (after != more - before))
			return microRefuse(node, pads, "pads dimension %u from %d by %d and %d; the output has %d", d,
				input->dims[d], before, after, output->dims[d]);
		front += before * steps[d];
	}
	/* A row's place is at least the front further on than in the input. */
	if (pads->constant)
		need->overlap[0].backward = -front * (int32_t)microTypeBytes(output->type);
	return inferenceOk;
}

/* From the last row to the first, so that the input may lie where the output does. A row is all that moves as one. */
static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *output = &node->output, *pads = &node->input[1];
	uint8_t *bytes = (uint8_t *)(uintptr_t)output->data, *end = bytes + output->bytes;
	const int32_t bytesEach = (int32_t)microTypeBytes(output->type);
	int32_t steps[inferenceMaxRank], rowBytes = bytesEach, row, d, outer = input->rank;

	microDenseSteps(output, steps);
	while (outer > 0) {
		outer--;
		rowBytes *= input->dims[outer];
		if (input->dims[outer] != output->dims[outer])
			break;
	}
	for (row = (int32_t)input->bytes / rowBytes - 1; row >= 0; row--) {
		int32_t index = row;
		uint8_t *to = bytes;
		for (d = outer; d >= 0; d--) {
			const int32_t size = d < outer ? input->dims[d] : 1;
			/* A computed one may be an output, which is the caller's to write to. */
			const int32_t before = microClamp(microI32(pads, 2 * (uint32_t)d), 0, output->dims[d] - input->dims[d]);
			to += (index % size + before) * steps[d] * bytesEach;
			index /= size;
		}
		memmove(to, input->data + row * rowBytes, (size_t)rowBytes);
		memset(to + rowBytes, output->zeroPoint, (size_t)(end - to - rowBytes));
		end = to;
	}
	memset(bytes, output->zeroPoint, (size_t)(end - bytes));
}

const MicroKernel microKernelPAD = { microIdentity(PAD), 3, 2, 2, 0, check, run };
