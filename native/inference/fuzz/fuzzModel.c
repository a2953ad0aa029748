/*
 * libFuzzer: the bytes are a model, loaded in blocks of exactly their size so that the sanitizers detect an overrun of one byte, and
 * run twice when the loader accepts it. The engine has no limit on a model's computation; this has.
 */
#include "micro.h"

#include <stdlib.h>
#include <string.h>

enum { arenaBytes = 1 << 16 };
#define maxWork 4000000u

/* About how many steps an invoke takes. */
static uint64_t workOf(const Inference *inference) {
	uint64_t work = 0;
	uint32_t i;
	for (i = 0; i < inference->operatorCount; i++) {
		MicroNode node;
		uint64_t each = 1;
		microDecodeNode(inference, i, &node, NULL);
		switch (node.code) {
		case 3:
		case 4:
		case 9:
			each = node.input[1].elements;
			break;
		case 1:
		case 17:
			each = node.input[0].elements;
			break;
		}
		work += node.output.elements * each + node.input[0].elements;
	}
	return work;
}

/* An external input has no data until it is bound: to a block of just its bytes. */
static void *giveInput(Inference *inference, uint32_t i, int32_t value) {
	InferenceTensor tensor = inferenceInput(inference, i);
	void *block = NULL;
	if (!tensor.data && tensor.bytes) {
		tensor.data = block = malloc(tensor.bytes);
		if (inferenceBindInput(inference, i, block, tensor.bytes, NULL) != inferenceOk)
			abort();
	}
	memset(tensor.data, value, tensor.bytes);
	return block;
}

static void runOnce(Inference *inference, int32_t value) {
	void *blocks[inferenceMaxExternal] = { NULL };
	uint32_t i;
	for (i = 0; i < inferenceInputCount(inference); i++) {
		void *block = giveInput(inference, i, value);
		if (block)
			blocks[i] = block;
	}
	if (inferenceInvoke(inference) != inferenceOk)
		abort();
	for (i = 0; i < inferenceMaxExternal; i++)
		if (blocks[i]) {
			free(blocks[i]);
			inferenceBindInput(inference, i, NULL, 0, NULL);
		}
	for (i = 0; i < inferenceOutputCount(inference); i++) {
		InferenceTensor tensor = inferenceOutput(inference, i);
		volatile uint8_t sink = 0;
		uint32_t k;
		for (k = 0; k < tensor.bytes; k++)
			sink ^= ((const uint8_t *)tensor.data)[k];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	Inference *inference;
	InferenceError error;
	uint8_t *arena = aligned_alloc(inferenceArenaAlignment, arenaBytes), *exact;
	size_t used;

	if (inferenceLoad(&inference, data, size, arena, arenaBytes, &error) != inferenceOk) {
		if ((error.text[0] == 0) || (strnlen(error.text, sizeof(error.text)) == sizeof(error.text)))
			abort();
		free(arena);
		return 0;
	}
	used = inferenceArenaUsed(inference);
	if (workOf(inference) <= maxWork) {
		/* An arena of exactly the requested size. */
		exact = malloc(used);
		if (((uintptr_t)exact & (inferenceArenaAlignment - 1)) ||
			(inferenceLoad(&inference, data, size, exact, used, &error) != inferenceOk))
			abort();
		runOnce(inference, 0x11);
		runOnce(inference, 0x80);
		inferenceReset(inference);
		runOnce(inference, 0x11);
		/* Its outputs may not be in its inputs: then it is refused. */
		if (inferenceLoadExternal(&inference, data, size, arena, arenaBytes, size % 8, &error) == inferenceOk)
			runOnce(inference, 0x11);
		free(exact);
	}
	inferenceUnload(inference);
	free(arena);
	return 0;
}
