/* STRIDED_SLICE with constant bounds, of any type of 1, 2 or 4 bytes. */
#include "microSmall.h"
#include "microIndex.h"

enum {
	optionBeginMask = 0,
	optionEndMask = 1,
	optionEllipsisMask = 2,
	optionNewAxisMask = 3,
	optionShrinkAxisMask = 4,
	optionOffset = 5
};
#define options microFields(microInt, microInt, microInt, microInt, microInt, microByte, 0, 0)

static int32_t clampTo(int64_t x, int32_t low, int32_t high) {
	return x < low ? low : x > high ? high : (int32_t)x;
}

/* Start and length of the slice along dimension d; false when the stride is 0. */
static bool range(const MicroNode *node, uint32_t d, uint32_t beginMask, uint32_t endMask, uint32_t shrinkMask,
	int32_t *start, int32_t *stride, int32_t *count) {
	int32_t size = node->input[0].dims[d];
	int64_t begin = microI32(&node->input[1], d), end = microI32(&node->input[2], d),
			step = microI32(&node->input[3], d);
	bool forwards = step > 0;

	if (step == 0)
		return false;
	if (begin < 0)
		begin += size;
	if (end < 0)
		end += size;
	if (beginMask & (1u << d))
		begin = forwards ? 0 : size - 1;
	if (endMask & (1u << d))
		end = forwards ? size : -1;
	begin = clampTo(begin, forwards ? 0 : -1, forwards ? size : size - 1);
	end = clampTo(end, forwards ? 0 : -1, forwards ? size : size - 1);
	/* A shrunk dimension is the one element at its start. */
	if (shrinkMask & (1u << d))
		end = begin + 1;
	*start = (int32_t)begin;
	*stride = (int32_t)step;
	*count = (int32_t)(forwards ? (end - begin + step - 1) / step : (begin - end - step - 1) / -step);
	if (shrinkMask & (1u << d))
		*count = 1;
	return (*count >= 1) && (begin >= 0) && (begin < size);
}

static InferenceStatus setup(MicroNode *node, MicroWalk *walk, int32_t *start) {
	const MicroTensor *input = &node->input[0];
	uint32_t begin, end, shrink, d, kept = 0;
	int32_t inSteps[inferenceMaxRank];

	begin = (uint32_t)node->option[optionBeginMask];
	end = (uint32_t)node->option[optionEndMask];
	shrink = (uint32_t)node->option[optionShrinkAxisMask];
	microDenseSteps(input, inSteps);
	walk->rank = input->rank;
	*start = 0;
	for (d = 0; d < input->rank; d++) {
		int32_t first, stride, count;
		if (!range(node, d, begin, end, shrink, &first, &stride, &count))
			return microRefuse(node, input, "has an empty slice along dimension %u", d);
		*start += first * inSteps[d];
		walk->size[d] = count;
		walk->step[d] = count > 1 ? stride * inSteps[d] : 0;
		if (!(shrink & (1u << d))) {
			if ((kept >= node->output.rank) || (node->output.dims[kept] != count))
				return microRefuse(node, &node->output, "does not have %d along dimension %u", count, kept);
			kept++;
		}
	}
	if (kept != node->output.rank)
		return microRefuse(node, &node->output, "has %u dimensions, %u expected", (uint32_t)node->output.rank, kept);
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	MicroWalk walk;
	int32_t start;
	uint32_t i;

	(void)need;
	microCheck(microCheckSameType(node, &node->input[0], &node->output));
	for (i = 1; i < 4; i++)
		microCheck(microCheckIndices(node, &node->input[i], node->input[0].rank));
	if (node->option[optionEllipsisMask] || node->option[optionNewAxisMask] || (uint8_t)node->option[optionOffset])
		return microRefuse(node, NULL, "ellipsis, new axis or offset");
	return setup(node, &walk, &start);
}

static void run(MicroNode *node) {
	uint32_t bytes = microTypeBytes(node->output.type);
	MicroWalk walk;
	int32_t start, d, step = 1;

	setup(node, &walk, &start);
	/* The output is dense in the order of the loop. */
	for (d = (int32_t)walk.rank - 1; d >= 0; d--) {
		walk.outStep[d] = step;
		step *= walk.size[d];
	}
	microWalk(&walk, node->input[0].data + (uint32_t)start * bytes, (uint8_t *)(uintptr_t)node->output.data, bytes);
}

const MicroKernel microKernelSTRIDED_SLICE = { microIdentity(STRIDED_SLICE), 4, 4, 4, options, check, run };
