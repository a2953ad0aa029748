/*
 * robustness MODEL STEP [FROM COUNT]: every prefix of the model, and the model with each of its bytes turned (all bits, then one), is loaded under
 * the sanitizers, and run when it loads. Prints how many loaded. A fault ends the program. With FROM and COUNT, only these bytes are turned, in the
 * smallest arena, and the output must stay what it was, unless STEP is 0.
 */
#include "backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { arenaBytes = 49152 };
static uint8_t *arena;

/*
 * Returns whether it loaded. A model that loads is run when `invoke` says so: a run takes a hundred times as long. Without one there is no room for a
 * prepared table, which takes as long as the load.
 */
static int try(const uint8_t *model, size_t bytes, int invoke) {
	Inference *inference;
	InferenceError error;
	if (inferenceLoad(&inference, model, bytes, arena, invoke ? arenaBytes : arenaBytes / 3, &error) != inferenceOk) {
		if (error.text[0] == 0)
			abort();
		return 0;
	}
	if (invoke) {
		InferenceTensor input = inferenceInput(inference, 0);
		memset(input.data, 0x5A, input.bytes);
		inferenceInvoke(inference);
	}
	return 1;
}

/* FNV-1a, 32 bits, of the first output in an arena of `room` bytes. Returns the bytes of arena that the model needs. */
static size_t runIn(const uint8_t *model, size_t bytes, size_t room, uint32_t *hash) {
	uint8_t *exact = malloc(room);
	Inference *inference;
	InferenceTensor tensor;
	size_t used;
	uint32_t i;
	if (!exact || (inferenceLoad(&inference, model, bytes, exact, room, NULL) != inferenceOk))
		abort();
	tensor = inferenceInput(inference, 0);
	memset(tensor.data, 0x5A, tensor.bytes);
	inferenceInvoke(inference);
	tensor = inferenceOutput(inference, 0);
	*hash = 2166136261u;
	for (i = 0; i < tensor.bytes; i++)
		*hash = (*hash ^ ((const uint8_t *)tensor.data)[i]) * 16777619u;
	used = inferenceArenaUsed(inference);
	free(exact);
	return used;
}

/* Any bytes of these may be wrong. */
static void turnHarmless(uint8_t *model, size_t bytes, size_t from, size_t turned, int sameOutput) {
	uint32_t right, hash;
	const size_t used = runIn(model, bytes, arenaBytes, &right);
	for (; turned > 0; turned--, from++) {
		const uint8_t kept = model[from];
		model[from] ^= (uint8_t)(turned & 1 ? 0xFF : 1 << (from % 8));
		if ((runIn(model, bytes, used, &hash) != used) || (sameOutput && (hash != right)))
			abort();
		model[from] = kept;
	}
}

int main(int count, char **arguments) {
	FILE *file = count == 3 || count == 5 ? fopen(arguments[1], "rb") : NULL;
	size_t bytes, i, step, prefixes = 0, turned = 0;
	uint8_t *model = malloc(1 << 20);

	arena = malloc(arenaBytes);
	if (!file || !model || !arena)
		return 2;
	bytes = fread(model, 1, 1 << 20, file);
	fclose(file);
	if (count == 5) {
		turnHarmless(model, bytes, strtoul(arguments[3], NULL, 10), strtoul(arguments[4], NULL, 10),
			strtoul(arguments[2], NULL, 10) > 0);
		free(model);
		free(arena);
		return 0;
	}
	/* Every step-th prefix gets a block of its own, so that one byte too many is seen; all of them get an end. */
	step = strtoul(arguments[2], NULL, 10);
	for (i = 0; i < bytes; i++) {
		if (i % step == 0) {
			uint8_t *exact = malloc(i ? i : 1);
			memcpy(exact, model, i);
			prefixes += (size_t)try(exact, i, 1);
			free(exact);
		} else
			prefixes += (size_t)try(model, i, 1);
	}
	for (i = 0; i < bytes; i++) {
		uint8_t kept = model[i];
		int loaded;
		model[i] = (uint8_t)~kept;
		/* Weights make most of the file; of those that still load, a sample is run. */
		loaded = try(model, bytes, i % 64 == 0 || i < 512);
		model[i] = kept ^ (uint8_t)(1u << (i % 8));
		turned += (size_t)(loaded + try(model, bytes, 0));
		model[i] = kept;
	}
	printf("%zu %zu %zu\n", bytes, prefixes, turned);
	free(model);
	free(arena);
	return 0;
}
