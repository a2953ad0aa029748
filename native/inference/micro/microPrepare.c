/*
 * The prepared table: what is known before running, so that load does not search for a plan, and invoke neither decodes the FlatBuffer nor folds weights. A
 * checksum of the file, the order in which the plan's buffers are placed, then per operator
 *     the length of its record, its own index, code, options and lists, as in MicroNode
 *     each of its first inputs, and its output, as in MicroTensor, and the position of its data in the model, 0 outside
 *     the number of its layer's channels, 0 unless it is a layer of int8, the channels, and lists of heavy parts, see MicroDots
 * in words. `loam plan` writes it into the model's metadata, and it is used there, in place. The checksum says that the file is as it was written. A file may
 * be made to have any bytes and the right checksum, so all that memory depends on is compared with what the engine makes of the model itself, and the rest
 * has to be in its range: channels and lists, like weights, may make the output wrong, and nothing else. An order of all buffers, whichever it is, gives a plan.
 *
 * Without it a table is made in the arena, where the room given is more than the plan uses: of decoded operators only, as channels and lists may take more
 * instructions than an invoke gains by them.
 */
#include "microSmall.h"
#include "microConvolve.h"
#include "microCopy.h"
#include "microDot.h"
#include "microPrepare.h"

#include <stddef.h>

enum {
	nodeWords = (offsetof(MicroNode, outputCount) - offsetof(MicroNode, index)) / 4 + 1,
	tensorWords = (offsetof(MicroTensor, zeroPoint) - offsetof(MicroTensor, index)) / 4 + 1,
	channelWords = sizeof(MicroChannel) / 4
};
typedef char noGaps[(nodeWords == 6 + microMaxFields) && (tensorWords == 10 + inferenceMaxRank) ? 1 : -1];

/* Changed with the table, so that an older engine's is passed over. */
#define tableVersion 5u
/* Of the rest of the file every so many words: whether it is the one that the table was made for, not whether it is sound. */
#define sampled 16

/* Fuzzers do not find checksums. */
#if defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
enum { isAnyTrusted = 1 };
#else
enum { isAnyTrusted = 0 };
#endif

bool microPut(MicroTable *table, const void *from, uint32_t words) {
	const MicroAnyWord *word = (const MicroAnyWord *)from;
	if (words > (uint32_t)(table->end - table->at))
		return false;
	for (; words > 0; words--, word++, table->at++)
		if (!table->isModels)
			*table->at = *word;
		else if (*table->at != *word)
			return false;
	return true;
}

static bool putTensor(MicroTable *table, const Inference *inference, const MicroTensor *tensor) {
	const uint32_t position = tensor->constant ? (uint32_t)(tensor->data - inference->bytes) : 0;
	return microPut(table, &tensor->index, tensorWords) && microPut(table, &position, 1);
}

bool microPutNode(MicroTable *table, const Inference *inference, uint32_t index, MicroNode *node) {
	uint32_t i;
	memset(node->option, 0, sizeof(node->option));
	microDecodeNode(inference, index, node, NULL);
	if (!microPut(table, &node->index, nodeWords))
		return false;
	for (i = 0; (i < node->inputCount) && (i < microNodeInputs); i++)
		if (!putTensor(table, inference, &node->input[i]))
			return false;
	return putTensor(table, inference, &node->output);
}

uint32_t microPreparedChannels(const MicroNode *node) {
	const MicroTensor *weights = &node->input[1];
	if (((node->code != builtinCONV_2D) && (node->code != builtinDEPTHWISE_CONV_2D) &&
			(node->code != builtinFULLY_CONNECTED)) ||
		(node->input[0].type != inferenceInt8) || (weights->type != inferenceInt8) || weights->zeroPoint)
		return 0;
	return (uint32_t)weights->dims[node->code == builtinDEPTHWISE_CONV_2D ? 3 : 0];
}

uint32_t microListedTaps(const MicroNode *node, uint32_t channels) {
	const MicroTensor *weights = &node->input[1];
	uint32_t rowTaps;
	if (!channels || (node->code == builtinFULLY_CONNECTED) || (node->output.elements <= channels) ||
		((node->code == builtinDEPTHWISE_CONV_2D) && (node->input[0].dims[3] > 1)))
		return 0;
	rowTaps = weights->elements / channels / (uint32_t)weights->dims[1];
	return rowTaps * (uint32_t)microRowsAtOnce(weights->dims[1], (int32_t)rowTaps);
}

/* What is not compared of a record in the model: whether channels and lists are within it, and in their range. */
static bool passLayer(MicroTable *table, const MicroNode *node) {
	const uint32_t channels = microPreparedChannels(node);
	uint32_t *at = table->at, *end = table->end;
	const uint32_t isPair = node->output.elements <= 2 * channels, group = microGroupTaps(isPair);
	uint32_t part = microListedTaps(node, channels), left, rows, least, many;

	if ((channels >= ((uint32_t)(end - at) + channelWords - 1) / channelWords) || (*at++ != channels))
		return false;
	for (rows = channels; rows > 0; rows--, at += channelWords)
		if (!microIsFastScale(((const MicroChannel *)(const void *)at)->scale))
			return false;
	for (left = part ? node->input[1].elements / channels : 0; left >= group; left -= part) {
		if (part > left)
			part = left;
		for (rows = 0; rows < channels; rows += microGroupRows(isPair)) {
			if ((at == end) || (*at >= (uint32_t)(end - at)))
				return false;
			least = 0;
			for (many = *at++; many > 0; many--, at++) {
				if ((*at < least) || (*at > part - group) || (*at % group))
					return false;
				least = *at + group;
			}
		}
	}
	return at == end;
}

uint32_t *microFindPrepared(const Inference *inference) {
	const uint8_t *bytes = inference->bytes;
	/* Nothing is checked yet: there may be no buffers. */
	const uint32_t count = microCount(bytes, inference->buffers);
	uint32_t data, *table;

	if (!count || !microReadTable(bytes, inference->size, inference->buffers + 4 * count - 4, microVector1, &data) ||
		(((uintptr_t)bytes | data) & 3) || (microCount(bytes, data) < 4 * microTableOrder))
		return NULL;
	table = (uint32_t *)(uintptr_t)(bytes + data);
	return table[microTableBuffers] <= microPreparedWords(table) - microTableOrder ? table : NULL;
}

static microCold uint32_t sumWords(uint32_t sum, const MicroAnyWord *word, int32_t count, int32_t step) {
	for (; count > 0; count -= step, word += step)
		sum = (sum ^ *word) * 16777619u;
	return sum;
}

uint32_t microChecksum(const Inference *inference, const uint32_t *table) {
	const MicroAnyWord *first = (const MicroAnyWord *)(const void *)inference->bytes;
	/* The table's first word is none of the others that are taken. */
	const uint32_t from = (uint32_t)(table + 1 - first) % sampled;
	return sumWords(sumWords(tableVersion, table + 1, (int32_t)microPreparedWords(table) - 1, 1), first + from,
		(int32_t)(inference->size / 4 - from), sampled);
}

static void takeTable(Inference *inference, uint32_t *first, uint32_t words, bool isModels) {
	const uint32_t none = 0;
	uint32_t *at = first;
	MicroNode node;
	uint32_t i, length;
	for (i = 0; i < inference->operatorCount; i++, at += length, words -= length) {
		MicroTable table = { at + 1, at, isModels };
		length = isModels && words ? *at : words;
		if (length - 1 >= words)
			return;
		table.end += length;
		if (!microPutNode(&table, inference, i, &node) ||
			!(isModels ? passLayer(&table, &node) : microPut(&table, &none, 1)))
			return;
		if (!isModels)
			*at = length = (uint32_t)(table.at - at);
	}
	inference->prepared = first;
}

const uint32_t *microTrusted(const Inference *inference) {
	const uint32_t *table = microFindPrepared(inference);
	return table && (isAnyTrusted || (table[microTableChecksum] == microChecksum(inference, table))) ? table : NULL;
}

void microPrepare(Inference *inference, uint32_t bytes) {
	const uint32_t *table = inference->prepared;
	inference->prepared = NULL;
	if (table) {
		const uint32_t at = microRecordsAt(table);
		takeTable(inference, (uint32_t *)(uintptr_t)(table + at), microPreparedWords(table) - at, true);
	}
	if (!inference->prepared)
		takeTable(inference, (uint32_t *)(uintptr_t)((uint8_t *)inference + inference->used), bytes / 4, false);
}

static const uint32_t *take(void *to, const uint32_t *from, uint32_t words) {
	MicroAnyWord *word = (MicroAnyWord *)to, *end = word + words;
	for (; word != end; word += 2, from += 2) {
		word[0] = from[0];
		word[1] = from[1];
	}
	return from;
}

static const uint32_t *takeTensor(const Inference *inference, const uint32_t *at, MicroTensor *tensor) {
	at = take(&tensor->index, at, tensorWords);
	tensor->data = tensor->constant ? inference->bytes + *at : microPlaced(inference, tensor->index);
	return at + 1;
}

const uint32_t *microPreparedNode(const Inference *inference, const uint32_t *record, MicroNode *node) {
	const uint32_t *at = take(&node->index, record + 1, nodeWords), *end = microPassOver(record);
	uint32_t i;
	node->inference = inference;
	node->error = NULL;
	node->kernel = microKernel(node->code);
	for (i = 0; i < microNodeInputs; i++)
		if (i < node->inputCount)
			at = takeTensor(inference, at, &node->input[i]);
		else
			node->input[i].present = false;
	at = takeTensor(inference, at, &node->output);
	i = *at++;
	node->channels = i ? (const MicroChannel *)(const void *)at : NULL;
	at += channelWords * i;
	node->heavy = at == end ? NULL : at;
	return end;
}
