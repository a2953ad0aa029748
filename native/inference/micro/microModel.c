/*
 * From the .tflite's tables to tensors and nodes. Field numbers are those of TensorFlow Lite's schema.fbs, version 3.
 */
#include "microSmall.h"
#include "micro.h"

#include <string.h>

enum {
	modelVersion = 0, modelOperatorCodes = 1, modelSubgraphs = 2, modelBuffers = 4,
	codeDeprecatedBuiltin = 0, codeVersion = 2, codeBuiltin = 3,
	subgraphTensors = 0, subgraphInputs = 1, subgraphOutputs = 2, subgraphOperators = 3,
	tensorShape = 0, tensorType = 1, tensorBuffer = 2, tensorQuantization = 4, tensorIsVariable = 5, tensorSparsity = 6,
	quantizationScale = 2, quantizationZeroPoint = 3, quantizationDetailsType = 4, quantizationDimension = 6,
	operatorOpcodeIndex = 0, operatorInputs = 1, operatorOutputs = 2, operatorOptionsType = 3, operatorOptions = 4,
	bufferData = 0, bufferOffset = 1
};

uint32_t microTypeBytes(uint8_t type) {
	/* By TensorType: FLOAT32, FLOAT16, INT32, UINT8, INT64, STRING, BOOL, INT16, COMPLEX64, INT8, FLOAT64. */
	static const uint8_t bytes[] = { 4, 2, 4, 1, 8, 0, 1, 2, 8, 1, 8 };
	return type < sizeof(bytes) ? bytes[type] : 0;
}

InferenceStatus microOpenModel(Inference *inference, const uint8_t *bytes, uint32_t size, InferenceError *error) {
	MicroReader reader = { bytes, size, false };
	uint32_t root, subgraphs, count, subgraph, i;

	memset(inference, 0, sizeof(*inference));
	inference->bytes = bytes;
	inference->size = size;
	if ((size < 8) || memcmp(bytes + 4, "TFL3", 4))
		return microFail(error, inferenceBadModel, -1, "not a .tflite: identifier TFL3 is not at byte 4");
	root = microFollow(&reader, 0);
	if (!reader.fault && (microFieldI32(&reader, root, modelVersion, 0) != 3))
		return microFail(error, inferenceUnsupported, -1, "schema version %d, 3 expected", microFieldI32(&reader, root, modelVersion, 0));
	inference->codes = microFieldVector(&reader, root, modelOperatorCodes, 4, &inference->codeCount);
	inference->buffers = microFieldVector(&reader, root, modelBuffers, 4, &inference->bufferCount);
	subgraphs = microFieldVector(&reader, root, modelSubgraphs, 4, &count);
	if (!reader.fault && (count != 1))
		return microFail(error, inferenceUnsupported, -1, "%u subgraphs, 1 expected", count);
	subgraph = microFollow(&reader, subgraphs);
	inference->tensors = microFieldVector(&reader, subgraph, subgraphTensors, 4, &inference->tensorCount);
	inference->inputs = microFieldVector(&reader, subgraph, subgraphInputs, 4, &inference->inputCount);
	inference->outputs = microFieldVector(&reader, subgraph, subgraphOutputs, 4, &inference->outputCount);
	inference->operators = microFieldVector(&reader, subgraph, subgraphOperators, 4, &inference->operatorCount);
	if (reader.fault)
		return microFail(error, inferenceBadModel, -1, "an offset points outside of the model's %u bytes", size);
	/* The plan counts operators in 16 bits. */
	if ((inference->operatorCount == 0) || (inference->operatorCount > 0x7FFE) || (inference->tensorCount > 0xFFFF))
		return microFail(error, inferenceUnsupported, -1, "%u operators and %u tensors, 1..32766 and at most 65535 expected", inference->operatorCount, inference->tensorCount);
	if ((inference->inputCount == 0) || (inference->outputCount == 0))
		return microFail(error, inferenceBadModel, -1, "the graph has %u inputs and %u outputs, at least 1 of each expected", inference->inputCount, inference->outputCount);
	for (i = 0; i < inference->inputCount + inference->outputCount; i++) {
		int32_t tensor = microReadI32(&reader, i < inference->inputCount ? inference->inputs + 4 * i : inference->outputs + 4 * (i - inference->inputCount));
		if ((tensor < 0) || ((uint32_t)tensor >= inference->tensorCount))
			return microFail(error, inferenceBadModel, tensor, "graph input or output %d is not one of the %u tensors", tensor, inference->tensorCount);
	}
	return inferenceOk;
}

static InferenceStatus decodeShape(MicroReader *reader, uint32_t table, MicroTensor *tensor, InferenceError *error) {
	uint32_t rank, i, shape = microFieldVector(reader, table, tensorShape, 4, &rank), limit;

	if (rank > inferenceMaxRank)
		return microFail(error, inferenceUnsupported, tensor->index, "tensor %d has %u dimensions, at most %u expected", tensor->index, rank, (uint32_t)inferenceMaxRank);
	tensor->rank = (uint8_t)rank;
	tensor->elements = 1;
	limit = (uint32_t)INT32_MAX / (microTypeBytes(tensor->type) ? microTypeBytes(tensor->type) : 1);
	for (i = 0; i < rank; i++) {
		int32_t dim = microReadI32(reader, shape + 4 * i);
		if (dim < 1)
			return microFail(error, inferenceUnsupported, tensor->index, "tensor %d has dimension %u of %d, at least 1 expected", tensor->index, i, dim);
		if (tensor->elements > limit / (uint32_t)dim)
			return microFail(error, inferenceBadModel, tensor->index, "tensor %d has more than %u elements", tensor->index, limit);
		tensor->dims[i] = dim;
		tensor->elements *= (uint32_t)dim;
	}
	tensor->bytes = tensor->elements * microTypeBytes(tensor->type);
	return inferenceOk;
}

static bool zeroPointFits(int32_t value, uint8_t type) {
	switch (type) {
		case inferenceInt8: return (value >= -128) && (value <= 127);
		case inferenceUint8: return (value >= 0) && (value <= 255);
		case inferenceInt16: return (value >= -32768) && (value <= 32767);
		default: return value == 0;
	}
}

static InferenceStatus decodeQuantization(MicroReader *reader, uint32_t table, MicroTensor *tensor, InferenceError *error) {
	uint32_t quantization = microFieldTable(reader, table, tensorQuantization), zeroPoints, zeroCount, i;

	if (quantization == 0)
		return inferenceOk;
	tensor->scales = microFieldVector(reader, quantization, quantizationScale, 4, &tensor->scaleCount);
	if (tensor->scaleCount == 0)
		return inferenceOk;
	zeroPoints = microFieldVector(reader, quantization, quantizationZeroPoint, 8, &zeroCount);
	tensor->axis = microFieldI32(reader, quantization, quantizationDimension, 0);
	tensor->scale = microReadF32(reader, tensor->scales);
	tensor->zeroPoint = zeroCount ? microReadI32(reader, zeroPoints) : 0;
	if (!error || reader->fault)
		return inferenceOk;

	if (microFieldU8(reader, quantization, quantizationDetailsType, 0))
		return microFail(error, inferenceUnsupported, tensor->index, "tensor %d has custom quantization", tensor->index);
	if ((zeroCount > 1) && (zeroCount != tensor->scaleCount))
		return microFail(error, inferenceBadModel, tensor->index, "tensor %d has %u scales and %u zero points", tensor->index, tensor->scaleCount, zeroCount);
	if ((tensor->scaleCount > 1) && ((tensor->axis < 0) || (tensor->axis >= tensor->rank) || ((uint32_t)tensor->dims[tensor->axis] != tensor->scaleCount)))
		return microFail(error, inferenceBadModel, tensor->index, "tensor %d has %u scales along dimension %d, which does not have that size", tensor->index, tensor->scaleCount, tensor->axis);
	for (i = 0; i < tensor->scaleCount; i++) {
		/* A positive finite float has sign 0 and an exponent below 255; subnormals are refused with zero. */
		uint32_t bits = microReadU32(reader, tensor->scales + 4 * i);
		if ((bits < 0x00800000u) || (bits >= 0x7F800000u))
			return microFail(error, inferenceBadModel, tensor->index, "tensor %d has a scale (channel %u) that is not a positive number", tensor->index, i);
	}
	for (i = 0; i < zeroCount; i++) {
		int32_t low = microReadI32(reader, zeroPoints + 8 * i), high = microReadI32(reader, zeroPoints + 8 * i + 4);
		if ((high != (low >> 31)) || !zeroPointFits(low, tensor->type))
			return microFail(error, inferenceBadModel, tensor->index, "tensor %d has a zero point (channel %u) outside of its type", tensor->index, i);
		if ((tensor->scaleCount > 1) && (low != 0))
			return microFail(error, inferenceUnsupported, tensor->index, "tensor %d has per-channel zero points other than 0", tensor->index);
	}
	return inferenceOk;
}

InferenceStatus microDecodeTensor(MicroReader *reader, const Inference *inference, int32_t index, MicroTensor *tensor, InferenceError *error) {
	uint32_t table, buffer, count, data;

	memset(tensor, 0, sizeof(*tensor));
	tensor->index = index;
	if ((index < 0) || ((uint32_t)index >= inference->tensorCount))
		return microFail(error, inferenceBadModel, index, "tensor %d is not one of the %u tensors", index, inference->tensorCount);
	tensor->present = true;
	table = microFollow(reader, inference->tensors + 4 * (uint32_t)index);
	tensor->type = microFieldU8(reader, table, tensorType, 0);
	tensor->variable = microFieldU8(reader, table, tensorIsVariable, 0) != 0;
	microCheck(decodeShape(reader, table, tensor, error));
	microCheck(decodeQuantization(reader, table, tensor, error));

	buffer = (uint32_t)microFieldI32(reader, table, tensorBuffer, 0);
	if (error && !reader->fault) {
		if (microFieldTable(reader, table, tensorSparsity))
			return microFail(error, inferenceUnsupported, index, "tensor %d is sparse", index);
		if (buffer >= inference->bufferCount)
			return microFail(error, inferenceBadModel, index, "tensor %d names buffer %u of %u", index, buffer, inference->bufferCount);
	}
	buffer = microFollow(reader, inference->buffers + 4 * buffer);
	data = microFieldVector(reader, buffer, bufferData, 1, &count);
	if (reader->fault)
		return microFail(error, inferenceBadModel, index, "tensor %d: an offset points outside of the model's %u bytes", index, inference->size);
	if (count) {
		tensor->constant = true;
		tensor->data = inference->bytes + data;
		if (count != tensor->bytes)
			return microFail(error, inferenceBadModel, index, "tensor %d has %u bytes of data, its shape and type need %u", index, count, tensor->bytes);
	}
	else {
		if (error && microField(reader, buffer, bufferOffset))
			return microFail(error, inferenceUnsupported, index, "tensor %d has its data outside of the FlatBuffer", index);
		if (inference->area && (microTensorOffsets(inference)[index] != microNowhere))
			tensor->data = inference->area + microTensorOffsets(inference)[index];
	}
	return inferenceOk;
}

InferenceStatus microNodeInput(MicroNode *node, uint32_t i, MicroTensor *tensor) {
	int32_t index = microReadI32(&node->reader, node->inputs + 4 * i);
	if (index == -1) {
		memset(tensor, 0, sizeof(*tensor));
		tensor->index = -1;
		return inferenceOk;
	}
	return microDecodeTensor(&node->reader, node->inference, index, tensor, node->error);
}

/* Names the operator in an error that came from below it. */
InferenceStatus microBlame(MicroNode *node, InferenceStatus status) {
	InferenceError *error = node->error;
	if ((status != inferenceOk) && error && (error->operatorIndex < 0)) {
		char text[sizeof(error->text)];
		memcpy(text, error->text, sizeof(text));
		error->operatorIndex = node->index;
		error->builtinCode = node->code;
		error->operatorName = node->code < 0 ? NULL : inferenceOperatorName(node->code);
		microFormat(error->text, sizeof(error->text), "%s #%d: %s", error->operatorName ? error->operatorName : "operator", node->index, text);
	}
	return status;
}

static InferenceStatus decode(MicroNode *node, uint32_t index) {
	const Inference *inference = node->inference;
	MicroReader *reader = &node->reader;
	uint32_t table = microFollow(reader, inference->operators + 4 * index), code, outputs, outputCount, i;
	uint32_t codeIndex = (uint32_t)microFieldI32(reader, table, operatorOpcodeIndex, 0);
	int32_t deprecated;

	if (!reader->fault && (codeIndex >= inference->codeCount))
		return microFail(node->error, inferenceBadModel, -1, "names operator code %u of %u", codeIndex, inference->codeCount);
	code = microFollow(reader, inference->codes + 4 * codeIndex);
	/* Old files have only the first field, new ones only the second past 127: the larger one counts. */
	deprecated = (int8_t)microFieldU8(reader, code, codeDeprecatedBuiltin, 0);
	node->code = microFieldI32(reader, code, codeBuiltin, 0);
	if (node->code < deprecated)
		node->code = deprecated;
	node->version = microFieldI32(reader, code, codeVersion, 1);
	node->optionsType = microFieldU8(reader, table, operatorOptionsType, 0);
	node->options = microFieldTable(reader, table, operatorOptions);
	node->inputs = microFieldVector(reader, table, operatorInputs, 4, &node->inputCount);
	outputs = microFieldVector(reader, table, operatorOutputs, 4, &outputCount);
	if (reader->fault)
		return microFail(node->error, inferenceBadModel, -1, "an offset points outside of the model's %u bytes", inference->size);

	node->kernel = microKernel(node->code);
	if (!node->kernel)
		return microFail(node->error, inferenceUnsupported, -1, microWhyMissing(node->code), node->code);
	if (node->error) {
		const MicroKernel *kernel = node->kernel;
		if ((node->version < 1) || (node->version > kernel->version))
			return microFail(node->error, inferenceUnsupported, -1, "version %d, 1..%u expected", node->version, (uint32_t)kernel->version);
		if ((node->inputCount < kernel->minInputs) || (node->inputCount > kernel->maxInputs) || (outputCount != 1))
			return microFail(node->error, inferenceBadModel, -1, "%u inputs and %u outputs, %u..%u and 1 expected", node->inputCount, outputCount, (uint32_t)kernel->minInputs, (uint32_t)kernel->maxInputs);
		if (node->options && (node->optionsType != kernel->options))
			return microFail(node->error, inferenceBadModel, -1, "options of type %u, %u expected", (uint32_t)node->optionsType, (uint32_t)kernel->options);
	}
	for (i = 0; (i < node->inputCount) && (i < microNodeInputs); i++)
		microCheck(microNodeInput(node, i, &node->input[i]));
	for (; i < microNodeInputs; i++)
		node->input[i].present = false;
	microCheck(microDecodeTensor(reader, inference, microReadI32(reader, outputs), &node->output, node->error));
	return inferenceOk;
}

InferenceStatus microDecodeNode(const Inference *inference, uint32_t index, MicroNode *node, InferenceError *error) {
	node->reader.bytes = inference->bytes;
	node->reader.size = inference->size;
	node->reader.fault = false;
	node->inference = inference;
	node->error = error;
	node->index = (int32_t)index;
	node->code = -1;
	node->scratch = NULL;
	return microBlame(node, decode(node, index));
}

int32_t microI32(const MicroTensor *tensor, uint32_t i) {
	return (int32_t)microWord(tensor->data + 4 * i);
}
