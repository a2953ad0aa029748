/*
 * SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: pixel (i, j) of every block of an image moves to the
 * channels, or to the batches, of a smaller image. Each such set of pixels is a box on both sides.
 */
#include "microSmall.h"
#include "microIndex.h"

#include <string.h>

enum { optionBlock = 0 };
#define options microFields(microInt, 0, 0, 0, 0, 0, 0, 0)

enum { mostBlock = 4096 };

typedef struct {
	bool toSmall, toBatch;
	int32_t large[4], small[4];            /* [batch, height, width, channels] */
	int32_t block[2], before[2], after[2]; /* what is cut from the image in blocks, or was padded to it */
} Blocks;

/* [batch, height, width, channels]; of three dimensions, the width is 1. */
static void shapeOf(const MicroTensor *tensor, int32_t *shape) {
	shape[0] = tensor->dims[0];
	shape[1] = tensor->dims[1];
	shape[2] = tensor->rank == 4 ? tensor->dims[2] : 1;
	shape[3] = tensor->dims[tensor->rank - 1];
}

static void setup(const MicroNode *node, Blocks *blocks) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	const bool isFlat = input->rank == 3;
	uint32_t d;

	blocks->toBatch = (node->code == builtinSPACE_TO_BATCH_ND) || (node->code == builtinBATCH_TO_SPACE_ND);
	blocks->toSmall = (node->code == builtinSPACE_TO_BATCH_ND) || (node->code == builtinSPACE_TO_DEPTH);
	shapeOf(blocks->toSmall ? input : output, blocks->large);
	shapeOf(blocks->toSmall ? output : input, blocks->small);
	for (d = 0; d < 2; d++) {
		const bool listed = blocks->toBatch && !(isFlat && d);
		blocks->block[d] = listed ? microI32(&node->input[1], d) : blocks->toBatch ? 1 : node->option[optionBlock];
		blocks->before[d] = listed ? microI32(&node->input[2], 2 * d) : 0;
		blocks->after[d] = listed ? microI32(&node->input[2], 2 * d + 1) : 0;
	}
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	Blocks blocks;
	int32_t d, count, least = 4;

	(void)need;
	microCheck(microCheckSameType(node, input, output));
	blocks.toBatch = (node->code == builtinSPACE_TO_BATCH_ND) || (node->code == builtinBATCH_TO_SPACE_ND);
	if (blocks.toBatch)
		least = 3;
	microCheck(microCheckRank(node, input, least, 4));
	microCheck(microCheckRank(node, output, input->rank, input->rank));
	if (blocks.toBatch) {
		microCheck(microCheckIndices(node, &node->input[1], input->rank - 2));
		microCheck(microCheckIndices(node, &node->input[2], 2 * (input->rank - 2)));
	}
	setup(node, &blocks);
	for (d = 0; d < 2; d++) {
		microCheck(microExpect(node, NULL, "block", blocks.block[d], 1, mostBlock));
		microCheck(microExpect(node, NULL, "padding or crop", blocks.before[d], 0, 1 << 28));
		microCheck(microExpect(node, NULL, "padding or crop", blocks.after[d], 0, 1 << 28));
		if ((int64_t)blocks.small[d + 1] * blocks.block[d] !=
			(int64_t)blocks.large[d + 1] + blocks.before[d] + blocks.after[d])
			return microRefuse(node, output, "does not have the height or width of %u blocks of %u",
				(uint32_t)blocks.small[d + 1], (uint32_t)blocks.block[d]);
	}
	count = blocks.block[0] * blocks.block[1];
	for (d = 0; d < 4; d += 3)
		if (blocks.small[d] != (int64_t)blocks.large[d] * (blocks.toBatch == (d == 0) ? count : 1))
			return microRefuse(node, output, "has %s %d, another number expected", d ? "channels" : "batches",
				output->dims[d ? output->rank - 1 : 0]);
	return inferenceOk;
}

/* The first of `count` steps of `block` from `at` that is not below 0. */
static int32_t firstInside(int32_t at, int32_t block) {
	return at < 0 ? (-at + block - 1) / block : 0;
}

static void run(MicroNode *node) {
	const uint32_t bytes = microTypeBytes(node->output.type);
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	int32_t i, j, d;
	Blocks blocks;

	setup(node, &blocks);
	if (blocks.toSmall && (blocks.before[0] | blocks.before[1] | blocks.after[0] | blocks.after[1]))
		memset(to, node->output.zeroPoint, node->output.bytes);
	for (i = 0; i < blocks.block[0]; i++)
		for (j = 0; j < blocks.block[1]; j++) {
			const int32_t first[2] = { i - blocks.before[0], j - blocks.before[1] };
			int32_t large = 0, small = (i * blocks.block[1] + j), stepLarge = 1, stepSmall = 1;
			bool isEmpty = false;
			MicroWalk walk;

			walk.rank = 4;
			small *= blocks.toBatch ? blocks.large[0] * blocks.small[1] * blocks.small[2] * blocks.small[3]
									: blocks.large[3];
			for (d = 3; d >= 0; d--) {
				int32_t stride = stepLarge, count = blocks.large[d];
				if ((d == 1) || (d == 2)) {
					const int32_t block = blocks.block[d - 1], begin = firstInside(first[d - 1], block);
					const int32_t at = first[d - 1] + begin * block;
					count = at < blocks.large[d] ? (blocks.large[d] - at + block - 1) / block : 0;
					stride *= block;
					large += at * stepLarge;
					small += begin * stepSmall;
				}
				isEmpty |= count <= 0;
				walk.size[d] = count;
				walk.step[d] = blocks.toSmall ? stride : stepSmall;
				walk.outStep[d] = blocks.toSmall ? stepSmall : stride;
				stepLarge *= blocks.large[d];
				stepSmall *= blocks.small[d];
			}
			if (!isEmpty)
				microWalk(&walk, node->input[0].data + (uint32_t)(blocks.toSmall ? large : small) * bytes,
					to + (uint32_t)(blocks.toSmall ? small : large) * bytes, bytes);
		}
}

const MicroKernel microKernelSPACE_TO_DEPTH = { microIdentity(SPACE_TO_DEPTH), 2, 1, 1, options, check, run };
const MicroKernel microKernelDEPTH_TO_SPACE = { microIdentity(DEPTH_TO_SPACE), 2, 1, 1, options, check, run };
const MicroKernel microKernelSPACE_TO_BATCH_ND = { microIdentity(SPACE_TO_BATCH_ND), 3, 3, 3, 0, check, run };
const MicroKernel microKernelBATCH_TO_SPACE_ND = { microIdentity(BATCH_TO_SPACE_ND), 3, 3, 3, 0, check, run };
