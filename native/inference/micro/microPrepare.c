/*
 * The prepared table: what is known before running, so that invoke neither decodes the FlatBuffer nor folds weights. Per operator
 *     its index, code, options and lists, as in MicroNode
 *     each of its first inputs, and its output, as in MicroTensor, and the position of its data in the model, 0 outside
 *     the number of its layer's channels, 0 unless it is a layer of int8, and the channels
 *     the length of its list of heavy parts, and the list, see MicroDots
 * in words. `loam plan` writes it into the model's metadata, and it is used there, in place. It is trusted only when each of its bytes is what the engine
 * makes of the model at load, so a file may contain anything. Else the table is made in the arena, where the room given is more than the plan uses.
 */
#include "microSmall.h"
#include "microConvolve.h"
#include "microDot.h"
#include "microPrepare.h"

#include <stddef.h>

enum {
	nodeWords = (offsetof(MicroNode, outputCount) - offsetof(MicroNode, index)) / 4 + 1,
	tensorWords = (offsetof(MicroTensor, zeroPoint) - offsetof(MicroTensor, index)) / 4 + 1,
	channelWords = sizeof(MicroChannel) / 4
};
typedef char noGaps[(nodeWords == 6 + microMaxFields) && (tensorWords == 10 + inferenceMaxRank) ? 1 : -1];

/* Where a table is written, or compared with what is there. */
typedef struct {
	uint32_t *at;
	uint32_t left; /* words */
	bool compares;
} Table;

static bool put(Table *table, const void *from, uint32_t words) {
	uint32_t *to = table->at;
	if (words > table->left)
		return false;
	table->at += words;
	table->left -= words;
	if (table->compares)
		return memcmp(to, from, 4 * words) == 0;
	memcpy(to, from, 4 * words);
	return true;
}

static bool putTensor(Table *table, const Inference *inference, const MicroTensor *tensor) {
	const uint32_t position = tensor->constant ? (uint32_t)(tensor->data - inference->bytes) : 0;
	return put(table, &tensor->index, tensorWords) && put(table, &position, 1);
}

/* Of a layer that microFoldChannel can prepare, else 0. */
static uint32_t channelsOf(const MicroNode *node) {
	const MicroTensor *weights = &node->input[1];
	if (((node->code != builtinCONV_2D) && (node->code != builtinDEPTHWISE_CONV_2D) &&
			(node->code != builtinFULLY_CONNECTED)) ||
		(node->input[0].type != inferenceInt8) || (weights->type != inferenceInt8) || weights->zeroPoint)
		return 0;
	return (uint32_t)weights->dims[node->code == builtinDEPTHWISE_CONV_2D ? 3 : 0];
}

static bool isHeavy(const MicroLayer *layer, const int8_t *weight, uint32_t rows) {
	uint32_t i;
	for (; rows > 0; rows--, weight += layer->channelStep) {
		int32_t sum[2] = { 0, 0 };
		for (i = 0; i < microLightTaps; i++) {
			const int32_t value = weight[i * layer->tapStep];
			sum[i / 3] += value < 0 ? -value : value;
		}
		if ((sum[0] > 255) || (sum[1] > 255))
			return true;
	}
	return false;
}

/* For layers that microConvolve computes, but those of one or two pixels. */
static bool putHeavy(Table *table, const MicroNode *node, const MicroLayer *layer, uint32_t channels) {
	const MicroTensor *weights = &node->input[1];
	const uint32_t rowTaps = layer->taps / (uint32_t)weights->dims[1],
				   most = rowTaps * (uint32_t)microRowsAtOnce(weights->dims[1], (int32_t)rowTaps);
	uint32_t from, count, c, k, rows;

	if ((node->code == builtinFULLY_CONNECTED) || (layer->tapStep > 1 && node->input[0].dims[3] > 1) ||
		(node->output.elements <= 2 * channels))
		return true;
	for (from = 0; from < layer->taps; from += count) {
		count = layer->taps - from < most ? layer->taps - from : most;
		for (c = 0; (c < channels) && (count >= microLightTaps); c += rows) {
			const int8_t *first = layer->weights + c * layer->channelStep + from * layer->tapStep;
			rows = channels - c < microLightRows ? channels - c : microLightRows;
			for (k = 0; k + microLightTaps <= count; k += microLightTaps)
				if (isHeavy(layer, first + k * layer->tapStep, rows) && !put(table, &k, 1))
					return false;
			if (!put(table, &k, 1))
				return false;
		}
	}
	return true;
}

static bool putNode(Table *table, const Inference *inference, uint32_t index) {
	MicroNode node;
	MicroLayer layer;
	MicroChannel channel;
	uint32_t i, channels, *length;

	memset(&node, 0, sizeof(node));
	microDecodeNode(inference, index, &node, NULL);
	if (!put(table, &node.index, nodeWords))
		return false;
	for (i = 0; (i < node.inputCount) && (i < microNodeInputs); i++)
		if (!putTensor(table, inference, &node.input[i]))
			return false;
	channels = channelsOf(&node);
	if (!putTensor(table, inference, &node.output) || !put(table, &channels, 1))
		return false;
	if (channels)
		microLayer(&node, &layer);
	for (i = 0; i < channels; i++) {
		microFoldChannel(&layer, &channel, i, false);
		if (!put(table, &channel, channelWords))
			return false;
	}
	/* Its length is known when the list is there: of the model's table it is believed until then. */
	length = table->at;
	if (!put(table, table->compares ? length : &channels, 1))
		return false;
	if (channels && !putHeavy(table, &node, &layer, channels))
		return false;
	i = (uint32_t)(table->at - length) - 1;
	if (table->compares)
		return *length == i;
	*length = i;
	return true;
}

static void prepare(Inference *inference, uint32_t *at, uint32_t bytes, bool compares) {
	Table table;
	uint32_t i;

	table.at = at;
	table.left = bytes / 4;
	table.compares = compares;
	for (i = 0; i < inference->operatorCount; i++)
		if (inference->prepared || !putNode(&table, inference, i))
			return;
	inference->prepared = at;
}

/* The model's own table: metadata of that name. */
static void takeModels(Inference *inference) {
	static const char name[] = "LOAM_PREPARED";
	const uint8_t *bytes = inference->bytes;
	uint32_t list[microMaxFields], entry[2], i;

	if (!microReadTable(bytes, inference->size, 0, microFields(0, 0, 0, 0, 0, 0, microVector4, 0), list))
		return;
	for (i = 0; i < microCount(bytes, list[6]); i++)
		if (microReadTable(bytes, inference->size, list[6] + 4 * i,
				microFields(microVector1, microInt, 0, 0, 0, 0, 0, 0), entry) &&
			(microCount(bytes, entry[0]) == sizeof(name) - 1) && !memcmp(bytes + entry[0], name, sizeof(name) - 1) &&
			(entry[1] < microCount(bytes, inference->buffers)) &&
			microReadTable(bytes, inference->size, inference->buffers + 4 * entry[1],
				microFields(microVector1, 0, 0, 0, 0, 0, 0, 0), entry) &&
			(((uintptr_t)(bytes + entry[0]) & 3) == 0))
			prepare(inference, (uint32_t *)(uintptr_t)(bytes + entry[0]), microCount(bytes, entry[0]), true);
}

void microPrepare(Inference *inference, uint32_t bytes) {
	takeModels(inference);
	prepare(inference, (uint32_t *)(uintptr_t)((uint8_t *)inference + inference->used), bytes, false);
}

/* Words of any type. A short memcpy takes more instructions. */
#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) Word;
#else
typedef uint32_t Word;
#endif

static const uint32_t *take(void *to, const uint32_t *from, uint32_t words) {
	Word *word = (Word *)to, *end = word + words;
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

const uint32_t *microPreparedNode(const Inference *inference, const uint32_t *at, MicroNode *node) {
	uint32_t i;
	node->inference = inference;
	node->error = NULL;
	at = take(&node->index, at, nodeWords);
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
	i = *at++;
	node->heavy = i ? at : NULL;
	return at + i;
}

const uint32_t *microPassOver(const uint32_t *at) {
	const uint32_t inputs = at[nodeWords - 3];
	at += nodeWords + ((inputs < microNodeInputs ? inputs : microNodeInputs) + 1) * (tensorWords + 1);
	at += 1 + channelWords * *at;
	return at + 1 + *at;
}
