/*
 * The micro engine's arena layout of a model: the model on stdin, one line of JSON on stdout. All figures are the engine's own, in the same
 * bytes on 32 and 64 bits: {"used", "fixed", "tensors": [offset or -1], "operators": [{"scratch", "at", "kept"}]} or {"error", "operator", "code",
 * "needed"}. With the argument "prepared" the bytes of its prepared table instead, none when the engine refuses the model.
 */
#include "microPrepare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define mostArena (64u << 20)

static uint8_t *readAll(size_t *count) {
	size_t room = 1 << 16, got;
	uint8_t *bytes = malloc(room);

	*count = 0;
	while (bytes && (got = fread(bytes + *count, 1, room - *count, stdin)) > 0) {
		*count += got;
		if (*count == room)
			bytes = realloc(bytes, room *= 2);
	}
	return bytes;
}

/* Letters that JSON wants escaped do not occur in the engine's messages. */
static void printError(const InferenceError *error) {
	printf("{\"error\":\"%s\",\"operator\":%" PRId32 ",\"code\":%" PRId32 ",\"needed\":%" PRIu32 "}\n", error->text,
		error->operatorIndex, error->builtinCode, error->needed);
}

static void printOperator(const Inference *inference, uint32_t index) {
	MicroNode node;
	MicroNeed need;

	memset(&need, 0, sizeof need);
	if (microDecodeNode(inference, index, &node, NULL) == inferenceOk)
		node.kernel->check(&node, &need);
	/* Known at load. */
	if (microScratchOffsets(inference)[index] == microFlags)
		need.kept = node.output.bytes;
	printf("%s{\"scratch\":%" PRIu32 ",\"at\":%" PRIu32 ",\"kept\":%" PRIu32 "}", index ? "," : "", need.scratch,
		microScratchOffsets(inference)[index] & ~(uint32_t)3, need.kept);
}

static void printPrepared(const Inference *inference) {
	const uint32_t *at = inference->prepared;
	uint32_t i;
	for (i = 0; i < inference->operatorCount; i++) {
		MicroNode node;
		at = microPreparedNode(inference, at, &node);
	}
	fwrite(inference->prepared, sizeof(uint32_t), (size_t)(at - inference->prepared), stdout);
}

int main(int argc, char **argv) {
	const int prepared = (argc > 1) && (strcmp(argv[1], "prepared") == 0);
	const uint32_t external = (argc > 1) && !prepared ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	size_t count;
	uint8_t *model = readAll(&count), *memory = malloc(mostArena + inferenceArenaAlignment);
	uint8_t *arena;
	Inference *inference;
	InferenceError error;
	uint32_t i;

	if (!model || !memory)
		return 3;
	arena = memory + (inferenceArenaAlignment - (uintptr_t)memory % inferenceArenaAlignment) % inferenceArenaAlignment;
	if (inferenceLoadExternal(&inference, model, count, arena, mostArena, external, &error) != inferenceOk) {
		if (!prepared)
			printError(&error);
	} else if (prepared) {
		printPrepared(inference);
	} else {
		printf("{\"used\":%zu,\"fixed\":%zu,\"tensors\":[", inferenceArenaUsed(inference),
			(size_t)(inference->area - arena));
		for (i = 0; i < inference->tensorCount; i++) {
			const uint32_t offset = microTensorOffsets(inference)[i];
			printf("%s%" PRId32, i ? "," : "", offset < microExternal ? (int32_t)offset : -1);
		}
		printf("],\"operators\":[");
		for (i = 0; i < inference->operatorCount; i++)
			printOperator(inference, i);
		printf("]}\n");
	}
	free(memory);
	free(model);
	return 0;
}
