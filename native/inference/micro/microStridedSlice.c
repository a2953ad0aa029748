/* STRIDED_SLICE with constant bounds, of any type of 1, 2 or 4 bytes. */
#include "microSmall.h"
#include "microIndex.h"
#include "microQuantize.h"

enum {
	optionBeginMask = 0,
	optionEndMask = 1,
	optionEllipsisMask = 2,
	optionNewAxisMask = 3,
	optionShrinkAxisMask = 4,
	optionOffset = 5
};
#define options microFields(microInt, microInt, microInt, microInt, microInt, microByte, 0, 0)

static bool isShrunk(const MicroNode *node, uint32_t d) {
	return (uint32_t)node->option[optionShrinkAxisMask] >> d & 1;
}

/* Start and length of the slice along dimension d; false when it is empty or the stride is 0. */
static bool range(const MicroNode *node, uint32_t d, int32_t *start, int32_t *stride, int32_t *count) {
	const int32_t size = node->input[0].dims[d], step = microI32(&node->input[3], d);
	const bool forwards = step > 0;
	/* From the first element to past the last, or from the last to before the first. */
	const int32_t low = forwards ? 0 : -1, high = low + size;
	int32_t bounds[2], length;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		int32_t bound = microI32(&node->input[1 + i], d);
		if (bound < 0)
			bound += size;
		if ((uint32_t)node->option[i ? optionEndMask : optionBeginMask] >> d & 1)
			bound = forwards == (i > 0) ? high : low;
		bounds[i] = microClamp(bound, low, high);
	}
	length = forwards ? bounds[1] - bounds[0] : bounds[0] - bounds[1];
	/* A shrunk dimension is the one element at its start. */
	if (isShrunk(node, d))
		length = (bounds[0] >= 0) && (bounds[0] < size);
	if ((step == 0) || (length <= 0))
		return false;
	*start = bounds[0];
	*stride = step;
	*count = (int32_t)(((uint32_t)length - 1) / (forwards ? (uint32_t)step : 0u - (uint32_t)step)) + 1;
	return true;
}

static InferenceStatus setup(MicroNode *node, MicroWalk *walk, int32_t *start) {
	const MicroTensor *input = &node->input[0];
	uint32_t d, kept = 0;
	int32_t inSteps[inferenceMaxRank];

	microDenseSteps(input, inSteps);
	walk->rank = input->rank;
	*start = 0;
	for (d = 0; d < input->rank; d++) {
		int32_t first, stride, count;
		if (!range(node, d, &first, &stride, &count))
			return microRefuse(node, input, "has an empty slice along dimension %u", d);
		*start += first * inSteps[d];
		walk->size[d] = count;
		walk->step[d] = count > 1 ? stride * inSteps[d] : 0;
		if (!isShrunk(node, d)) {
			if ((kept >= node->output.rank) || (node->output.dims[kept] != count))
				return microRefuse(node, &node->output, "does not have %d along dimension %u", count, kept);
			kept++;
		}
	}
	if (kept != node->output.rank)
		return microRefuse(node, &node->output, "has %u dimensions, %u expected", (uint32_t)node->output.rank, kept);
	return inferenceOk;
}

/* The output is dense in the order of the loop. Returns whether the input is, too. */
static bool setOutSteps(MicroWalk *walk) {
	int32_t d, step = 1;
	bool isDense = true;
	for (d = (int32_t)walk->rank - 1; d >= 0; d--) {
		walk->outStep[d] = step;
		isDense = isDense && ((walk->size[d] == 1) || (walk->step[d] == step));
		step *= walk->size[d];
	}
	return isDense;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	MicroWalk walk;
	int32_t start;
	uint32_t i;

	microCheck(microCheckSameType(node, &node->input[0], &node->output));
	for (i = 1; i < 4; i++)
		microCheck(microCheckIndices(node, &node->input[i], node->input[0].rank));
	if (node->option[optionEllipsisMask] || node->option[optionNewAxisMask] || (uint8_t)node->option[optionOffset])
		return microRefuse(node, NULL, "ellipsis, new axis or offset");
	microCheck(setup(node, &walk, &start));
	if (setOutSteps(&walk))
		need->part = (uint32_t)start * microTypeBytes(node->output.type);
	return inferenceOk;
}

static void run(MicroNode *node) {
	uint32_t bytes = microTypeBytes(node->output.type);
	MicroWalk walk;
	int32_t start;

	setup(node, &walk, &start);
	setOutSteps(&walk);
	microWalk(&walk, node->input[0].data + (uint32_t)start * bytes, (uint8_t *)(uintptr_t)node->output.data, bytes);
}

const MicroKernel microKernelSTRIDED_SLICE = { microIdentity(STRIDED_SLICE), 4, 4, 4, options, check, run };
