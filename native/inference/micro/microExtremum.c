/* MAXIMUM and MINIMUM, int8 or int16, with broadcasting. */
#include "microSmall.h"
#include "microBroadcast.h"

/* TensorFlow Lite compares the integers as they are, which is right only where they stand for the same numbers. */
static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	int32_t i;
	microCheck(microCheckBroadcast(node, need));
	microCheck(microCheckNumbers(node, &node->output));
	for (i = 0; i < 2; i++)
		microCheck(microCheckSameScale(node, &node->input[i], &node->output));
	return inferenceOk;
}

static void line(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const bool largest = ((const MicroNode *)context)->code == builtinMAXIMUM;
	for (; count; count--, a += stepA, b += stepB)
		*to++ = (*a > *b) == largest ? *a : *b;
}

static void line16(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const bool largest = ((const MicroNode *)context)->code == builtinMAXIMUM;
	for (; count; count--, a += stepA, b += stepB, to += 2) {
		const int32_t x = microInt16At(a), y = microInt16At(b);
		microPutInt16(to, (x > y) == largest ? x : y);
	}
}

static void run(MicroNode *node) {
	microBroadcast(node, microIsInt16(&node->output) ? line16 : line, node);
}

const MicroKernel microKernelMAXIMUM = { microIdentity(MAXIMUM), 4, 2, 2, 0, check, run };
const MicroKernel microKernelMINIMUM = { microIdentity(MINIMUM), 4, 2, 2, 0, check, run };
