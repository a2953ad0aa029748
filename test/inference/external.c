/*
 * external MODEL...: each model with its inputs in the arena, and with them in memory that can only be read and has no neighbours, at its end and at its
 * start: the outputs must be the same. Prints the bytes of both arenas. Then everything that inferenceBindInput refuses.
 */
#include "backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { arenaBytes = 1 << 16, page = 1 << 16 };

static uint8_t *read(const char *path, size_t *bytes) {
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(1 << 20);
	if (!file || !data)
		exit(2);
	*bytes = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

static void fill(uint8_t *to, uint32_t bytes, uint32_t seed) {
	while (bytes--)
		*to++ = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
}

/* Outputs one after the other, in a block that the caller frees. */
static uint8_t *outputs(Inference *inference, size_t *count) {
	uint8_t *all = NULL;
	uint32_t i;
	*count = 0;
	for (i = 0; i < inferenceOutputCount(inference); i++) {
		const InferenceTensor tensor = inferenceOutput(inference, i);
		all = realloc(all, *count + tensor.bytes + 1);
		memcpy(all + *count, tensor.data, tensor.bytes);
		*count += tensor.bytes;
	}
	return all;
}

static void expect(int isTrue, const char *model, const char *what) {
	if (isTrue)
		return;
	fprintf(stderr, "%s: %s\n", model, what);
	exit(1);
}

/* `page` bytes, with as many before and behind them that cannot be touched, as they cannot yet. */
static uint8_t *lonely(void) {
	uint8_t *memory = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		exit(2);
	return memory + page;
}

static void compare(const char *path, uint8_t *arena, int atEnd, int resets) {
	size_t modelBytes, wholeCount, count, used;
	uint8_t *model = read(path, &modelBytes), *whole, *result, *memory[inferenceMaxExternal], *at;
	Inference *inference;
	InferenceError error;
	uint32_t i, inputs;

	expect(inferenceLoad(&inference, model, modelBytes, arena, arenaBytes, &error) == inferenceOk, path, error.text);
	inputs = inferenceInputCount(inference);
	used = inferenceArenaUsed(inference);
	for (i = 0; i < inputs; i++)
		fill(inferenceInput(inference, i).data, inferenceInput(inference, i).bytes, i);
	inferenceInvoke(inference);
	whole = outputs(inference, &wholeCount);
	memset(arena, 0x5A, arenaBytes);
	if (inferenceLoadExternal(&inference, model, modelBytes, arena, arenaBytes, 7, &error) != inferenceOk) {
		/* An output that is an input, or a part of it. */
		expect(strstr(error.text, "is an output, and in an external input") != NULL, path, error.text);
		printf("%zu refused\n", used);
		free(model);
		free(whole);
		return;
	}
	expect(inferenceInvoke(inference) == inferenceUnbound, path, "runs unbound");
	for (i = 0; i < inputs; i++) {
		const InferenceTensor tensor = inferenceInput(inference, i);
		if (i >= inferenceMaxExternal) {
			fill(tensor.data, tensor.bytes, i);
			continue;
		}
		expect(!tensor.data && tensor.bytes, path, "has memory before it is bound");
		memory[i] = lonely();
		at = memory[i] + (atEnd ? (page - tensor.bytes) & ~3u : 0);
		mprotect(memory[i], page, PROT_READ | PROT_WRITE);
		fill(at, tensor.bytes, i);
		mprotect(memory[i], page, PROT_READ);
		expect(inferenceBindInput(inference, i, at, tensor.bytes, &error) == inferenceOk, path, error.text);
		expect(inferenceInput(inference, i).data == at, path, "is bound elsewhere");
	}
	/* Once more, as the variables of some remember. */
	for (; resets; resets--) {
		expect(inferenceInvoke(inference) == inferenceOk, path, "does not run");
		inferenceReset(inference);
	}
	expect(inferenceInvoke(inference) == inferenceOk, path, "does not run");
	result = outputs(inference, &count);
	expect(count == wholeCount && !memcmp(result, whole, count), path, "another output");
	printf("%zu %zu\n", used, inferenceArenaUsed(inference));
	for (i = 0; i < inputs && i < inferenceMaxExternal; i++)
		munmap(memory[i] - page, 3 * page);
	free(model);
	free(whole);
	free(result);
}

static void refused(Inference *inference, uint32_t i, const void *data, size_t bytes, const char *text) {
	InferenceError error;
	expect(inferenceBindInput(inference, i, data, bytes, &error) == inferenceBadArgument, text, "not refused");
	expect(inferenceBindInput(inference, i, data, bytes, NULL) == inferenceBadArgument, text, "not refused");
	printf("%s\n", error.text);
	expect(!strcmp(error.text, text), text, error.text);
}

/* A model with one input of 32 bytes. */
static void misuse(const char *path, uint8_t *arena) {
	static uint32_t frame[9], other[8];
	size_t modelBytes;
	uint8_t *model = read(path, &modelBytes);
	Inference *inference;
	InferenceError error;

	expect(inferenceLoad(&inference, model, modelBytes, arena, arenaBytes, NULL) == inferenceOk, path, "load");
	refused(inference, 0, frame, 32, "input 0 is in the arena; inferenceLoadExternal leaves it out");
	expect(inferenceInvoke(inference) == inferenceOk, path, "does not run");
	/* Bits of inputs that there are not are of no account. */
	expect(inferenceLoadExternal(&inference, model, modelBytes, arena, arenaBytes, 0xFFFFFFFE, &error) == inferenceOk &&
			inferenceInvoke(inference) == inferenceOk,
		path, "waits for an input that there is not");
	expect(inferenceLoadExternal(&inference, model, modelBytes, arena, arenaBytes, 1, &error) == inferenceOk, path,
		"load");
	refused(inference, 0, frame, 31, "input 0 takes 32 bytes, 31 given");
	refused(inference, 0, frame, 36, "input 0 takes 32 bytes, 36 given");
	refused(inference, 0, (uint8_t *)frame + 2, 32, "input 0 must lie at a multiple of 4 bytes, it is 2 past one");
	refused(inference, 0, arena + 16, 32, "input 0 must lie outside of the arena");
	refused(inference, 1, frame, 32, "has no input 1, there are 1");
	expect(inferenceInvoke(inference) == inferenceUnbound, path, "runs unbound");
	expect(inferenceBindInput(inference, 0, frame, 32, NULL) == inferenceOk, path, "bind");
	refused(inference, 0, other, 4, "input 0 takes 32 bytes, 4 given");
	expect(inferenceInput(inference, 0).data == frame, path, "what was bound before is not there");
	expect(inferenceInvoke(inference) == inferenceOk, path, "does not run");
	expect(inferenceBindInput(inference, 0, NULL, 0, NULL) == inferenceOk, path, "unbind");
	expect(inferenceInvoke(inference) == inferenceUnbound, path, "runs unbound");
	free(model);
}

int main(int count, char **arguments) {
	uint8_t *arena = malloc(arenaBytes);
	int i;
	if (!arena || count < 2)
		return 2;
	misuse(arguments[1], arena);
	for (i = 2; i < count; i++)
		compare(arguments[i], arena, i % 2, 1);
	for (i = 2; i < count; i++)
		compare(arguments[i], arena, !(i % 2), 0);
	free(arena);
	return 0;
}
