/* EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER and GREATER_EQUAL of two int8 tensors, with broadcasting; SELECT_V2. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microQuantize.h"

#include <string.h>

typedef struct {
	int32_t zero[2];
	MicroScale scale[2];
	bool less, equal, greater; /* the answers */
} Comparison;

static bool setup(const MicroNode *node, Comparison *comparison) {
	const int32_t code = node->code;
	uint32_t i;

	comparison->less = (code == builtinLESS) || (code == builtinLESS_EQUAL) || (code == builtinNOT_EQUAL);
	comparison->equal = (code == builtinEQUAL) || (code == builtinLESS_EQUAL) || (code == builtinGREATER_EQUAL);
	comparison->greater = (code == builtinGREATER) || (code == builtinGREATER_EQUAL) || (code == builtinNOT_EQUAL);
	for (i = 0; i < 2; i++) {
		comparison->zero[i] = node->input[i].zeroPoint;
		if (!microScaleOf(node->input[i].scale, 1.0f, 1.0f, &comparison->scale[i]) || (comparison->scale[i].shift > 0))
			return false;
	}
	return true;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Comparison comparison;

	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckBroadcast(node, need));
	if (node->output.type != inferenceBool)
		return microRefuse(node, &node->output, "must be bool");
	if (!setup(node, &comparison))
		return microRefuse(node, NULL, "a scale of 1 or more");
	return inferenceOk;
}

/* Both numbers in units of 1/256. */
static void line(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Comparison *comparison = (const Comparison *)context;
	for (; count; count--, a += stepA, b += stepB) {
		const int32_t x = microRescale((*a - comparison->zero[0]) * 256, comparison->scale[0]);
		const int32_t y = microRescale((*b - comparison->zero[1]) * 256, comparison->scale[1]);
		*to++ = x < y ? comparison->less : x > y ? comparison->greater : comparison->equal;
	}
}

static void run(MicroNode *node) {
	Comparison comparison;
	setup(node, &comparison);
	microBroadcast(node, line, &comparison);
}

static InferenceStatus checkSelect(MicroNode *node, MicroNeed *need) {
	uint32_t i;

	(void)need;
	if (!node->input[0].present || (node->input[0].type != inferenceBool))
		return microRefuse(node, &node->input[0], "must be bool");
	for (i = 0; i < 3; i++) {
		if (i)
			microCheck(microCheckSameType(node, &node->input[i], &node->output));
		if (!microSpreads(&node->input[i], &node->output) || (node->input[i].rank > node->output.rank))
			return microRefuse(node, &node->input[i], "cannot be spread over the output");
	}
	return inferenceOk;
}

static void runSelect(MicroNode *node) {
	const uint32_t bytes = microTypeBytes(node->output.type);
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	uint32_t i;

	for (i = 0; i < node->output.elements; i++) {
		const bool first = node->input[0].data[microBroadcastAt(&node->input[0], &node->output, i)] != 0;
		const MicroTensor *from = &node->input[first ? 1 : 2];
		memcpy(to + i * bytes, from->data + microBroadcastAt(from, &node->output, i) * bytes, bytes);
	}
}

const MicroKernel microKernelEQUAL = { microIdentity(EQUAL), 3, 2, 2, 0, check, run };
const MicroKernel microKernelNOT_EQUAL = { microIdentity(NOT_EQUAL), 3, 2, 2, 0, check, run };
const MicroKernel microKernelLESS = { microIdentity(LESS), 3, 2, 2, 0, check, run };
const MicroKernel microKernelLESS_EQUAL = { microIdentity(LESS_EQUAL), 3, 2, 2, 0, check, run };
const MicroKernel microKernelGREATER = { microIdentity(GREATER), 3, 2, 2, 0, check, run };
const MicroKernel microKernelGREATER_EQUAL = { microIdentity(GREATER_EQUAL), 3, 2, 2, 0, check, run };
const MicroKernel microKernelSELECT_V2 = { microIdentity(SELECT_V2), 1, 3, 3, 0, checkSelect, runSelect };
