/*
 * The micro engine's arena layout of models: on stdin each model after its length in bytes (uint32 of this machine), on stdout a line of JSON
 * for each. All figures are the engine's own, in the same bytes on 32 and 64 bits: {"used", "fixed", "tensors": [offset or -1], "operators":
 * [{"scratch", "at", "kept"}]} or {"error", "operator", "code", "needed"}. With the argument "prepared" one model, whose prepared table goes to
 * stdout, no bytes when the engine refuses the model.
 */
#include "microDot.h"
#include "microPlan.h"
#include "microPrepare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define mostArena (64u << 20)

/* The next model; NULL after the last. */
static uint8_t *readModel(size_t *count) {
	uint32_t length;
	uint8_t *bytes;

	if (fread(&length, sizeof length, 1, stdin) != 1)
		return NULL;
	*count = length;
	bytes = malloc(length + 1);
	if (!bytes || (fread(bytes, 1, length, stdin) != length))
		exit(3);
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

/* `taps` weights whose products with any inputs do not fit a field, see microDot.h. */
static bool isHeavy(const int8_t *weight, uint32_t step, uint32_t taps) {
	uint32_t i;
	int32_t sum = 0;
	for (i = 0; i < taps; i++)
		sum += abs(weight[i * step]);
	return sum > 255;
}

/* Whether the group of taps at `weights` is, in one of `rows` rows: its taps are one split, or two. */
static bool isHeavyGroup(const MicroLayer *layer, const int8_t *weights, uint32_t rows, bool isPair) {
	const uint32_t group = microGroupTaps(isPair), split = isPair ? group : group / 2;
	for (; rows > 0; rows--, weights += layer->channelStep)
		if (isHeavy(weights, layer->tapStep, split) ||
			isHeavy(weights + (group - split) * layer->tapStep, layer->tapStep, split))
			return true;
	return false;
}

/* The list of `rows` rows of `count` weights. */
static bool putList(
	MicroTable *table, const MicroLayer *layer, const int8_t *weights, uint32_t rows, uint32_t count, bool isPair) {
	const uint32_t group = microGroupTaps(isPair);
	uint32_t at, many = 0;
	weights += count % group * layer->tapStep;
	for (at = 0; at + group <= count; at += group)
		many += isHeavyGroup(layer, weights + at * layer->tapStep, rows, isPair);
	if (!microPut(table, &many, 1))
		return false;
	for (at = 0; at + group <= count; at += group)
		if (isHeavyGroup(layer, weights + at * layer->tapStep, rows, isPair) && !microPut(table, &at, 1))
			return false;
	return true;
}

static bool putLists(MicroTable *table, const MicroLayer *layer, uint32_t part, bool isPair) {
	const uint32_t most = microGroupRows(isPair);
	uint32_t from, c;
	for (from = 0; from + microGroupTaps(isPair) <= layer->taps; from += part) {
		const uint32_t count = layer->taps - from < part ? layer->taps - from : part;
		for (c = 0; c < layer->channels; c += most) {
			const uint32_t rows = layer->channels - c < most ? layer->channels - c : most;
			if (!putList(
					table, layer, layer->weights + c * layer->channelStep + from * layer->tapStep, rows, count, isPair))
				return false;
		}
	}
	return true;
}

static bool putLayer(MicroTable *table, const MicroNode *node) {
	const uint32_t channels = microPreparedChannels(node), part = microListedTaps(node, channels);
	uint32_t i;
	MicroLayer layer;
	if (!microPut(table, &channels, 1))
		return false;
	if (channels)
		microLayer(node, &layer);
	for (i = 0; i < channels; i++) {
		MicroChannel channel;
		microFoldChannel(&layer, &channel, i, false);
		if (!microPut(table, &channel, sizeof(channel) / 4))
			return false;
	}
	return !part || putLists(table, &layer, part, node->output.elements <= 2 * channels);
}

/* What is before the records: the order in which the plan's buffers are placed, planned once more at `arena`. */
static bool putPlan(MicroTable *table, const Inference *inference, uint8_t *arena) {
	Inference *again = (Inference *)(void *)arena;
	const size_t front = (size_t)(inference->area - (const uint8_t *)inference);
	uint32_t header[microTableOrder] = { 0 }, i;
	MicroLayout layout;
	InferenceError error;

	memcpy(again, inference, front);
	again->area = NULL;
	again->prepared = NULL;
	again->used = (uint32_t)front;
	layout.inference = again;
	layout.error = &error;
	layout.room = mostArena;
	if (microPlan(&layout) != inferenceOk)
		return false;
	header[microTableCopies] = layout.copies;
	header[microTableBuffers] = layout.count;
	for (i = 0; i < layout.count; i++) {
		const uint32_t end = layout.buffers[i].offset + layout.buffers[i].size;
		if (header[microTableSpan] < end)
			header[microTableSpan] = end;
	}
	if (!microPut(table, header, microTableOrder))
		return false;
	for (i = 0; i < layout.count; i++) {
		const uint32_t next = layout.buffers[i].order;
		if (!microPut(table, &next, 1))
			return false;
	}
	return true;
}

static bool putAll(MicroTable *table, const Inference *inference, uint8_t *arena) {
	MicroNode node;
	uint32_t i;
	if (!putPlan(table, inference, arena))
		return false;
	for (i = 0; i < inference->operatorCount; i++) {
		uint32_t *record = table->at;
		if (!microPut(table, &i, 1) || !microPutNode(table, inference, i, &node) || !putLayer(table, &node))
			return false;
		*record = (uint32_t)(table->at - record);
	}
	return true;
}

/* The checksum is right where the model has a table of that length already. Returns whether there is memory for it. */
static bool printPrepared(const Inference *inference, uint8_t *arena) {
	uint32_t *made = malloc(mostArena), *at = microFindPrepared(inference);
	MicroTable table = { made, made + mostArena / 4, false };

	if (!made || !putAll(&table, inference, arena)) {
		free(made);
		return false;
	}
	if (at && (microPreparedWords(at) == (size_t)(table.at - made))) {
		memcpy(at, made, microPreparedWords(at) * sizeof(uint32_t));
		made[microTableChecksum] = microChecksum(inference, at);
	}
	fwrite(made, sizeof(uint32_t), (size_t)(table.at - made), stdout);
	free(made);
	return true;
}

static void printLayout(const Inference *inference, const uint8_t *arena) {
	uint32_t i;

	printf(
		"{\"used\":%zu,\"fixed\":%zu,\"tensors\":[", inferenceArenaUsed(inference), (size_t)(inference->area - arena));
	for (i = 0; i < inference->tensorCount; i++) {
		const uint32_t offset = microTensorOffsets(inference)[i];
		printf("%s%" PRId32, i ? "," : "", offset < microExternal ? (int32_t)offset : -1);
	}
	printf("],\"operators\":[");
	for (i = 0; i < inference->operatorCount; i++)
		printOperator(inference, i);
	printf("]}\n");
}

int main(int argc, char **argv) {
	const bool prepared = (argc > 1) && (strcmp(argv[1], "prepared") == 0);
	const uint32_t external = (argc > 1) && !prepared ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	size_t count;
	uint8_t *model, *memory = malloc(2 * (size_t)mostArena + inferenceArenaAlignment), *arena;
	Inference *inference;
	InferenceError error;

	if (!memory)
		return 3;
	arena = memory + (inferenceArenaAlignment - (uintptr_t)memory % inferenceArenaAlignment) % inferenceArenaAlignment;
	while ((model = readModel(&count)) != NULL) {
		if (inferenceLoadExternal(&inference, model, count, arena, mostArena, external, &error) != inferenceOk) {
			if (!prepared)
				printError(&error);
		} else if (!prepared) {
			printLayout(inference, arena);
		} else if (!printPrepared(inference, arena + mostArena)) {
			return 3;
		}
		free(model);
	}
	free(memory);
	return 0;
}
