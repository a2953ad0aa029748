/*
 * From the .tflite's tables to tensors and nodes. Field numbers are those of TensorFlow Lite's schema.fbs, version 3.
 */
#include "microSmall.h"
#include "micro.h"
#include "microRegisters.h"

#include <string.h>

/* The tables' fields from the first on; the names are the indices of their values. */
#define modelFields microFields(microInt, microVector4, microVector4, microSkip, microVector4, 0, 0, 0)
enum { modelVersion, modelCodes, modelSubgraphs, modelBuffers = 4 };
#define codeFields microFields(microByte, microSkip, microIntOr1, microInt, 0, 0, 0, 0)
enum { codeDeprecatedBuiltin, codeVersion = 2, codeBuiltin };
#define subgraphFields microFields(microVector4, microVector4, microVector4, microVector4, 0, 0, 0, 0)
enum { subgraphTensors, subgraphInputs, subgraphOutputs, subgraphOperators };
#define tensorFields \
	microFields(microVector4, microByte, microInt, microSkip, microPosition, microByte, microPosition, 0)
enum { tensorShape, tensorType, tensorBuffer, tensorQuantization = 4, tensorIsVariable, tensorSparsity };
#define quantizationFields \
	microFields(microSkip, microSkip, microVector4, microVector8, microByte, microSkip, microInt, 0)
enum { quantizationScale = 2, quantizationZeroPoint, quantizationDetailsType, quantizationDimension = 6 };
#define operatorFields microFields(microInt, microVector4, microVector4, microByte, microPosition, 0, 0, 0)
enum { operatorCode, operatorInputs, operatorOutputs, operatorOptionsType, operatorOptions };
#define listFields microFields(microSkip, microVector4, microVector4, 0, 0, 0, 0, 0)
#define bufferFields microFields(microVector1, microPosition, 0, 0, 0, 0, 0, 0)
enum { bufferData, bufferOffset };

uint32_t microTypeBytes(uint8_t type) {
	/*
	 * By TensorType: FLOAT32, FLOAT16, INT32, UINT8, INT64, STRING, BOOL, INT16, COMPLEX64, INT8, FLOAT64, and two
	 * more without a size; RESOURCE: a place for the variable's first byte.
	 */
	static const uint8_t bytes[] = { 4, 2, 4, 1, 8, 0, 1, 2, 8, 1, 8, 0, 0, 1 };
	return type < sizeof(bytes) ? bytes[type] : 0;
}

/* microReadTable with a message. */
static InferenceStatus table(
	const Inference *inference, uint32_t at, uint32_t fields, uint32_t *values, InferenceError *error) {
	if (microReadTable(inference->bytes, inference->size, at, fields, values))
		return inferenceOk;
	return microFail(error, inferenceBadModel, "has an offset beyond the model's %u bytes", inference->size);
}

InferenceStatus microOpenModel(
	Inference *inference, const uint8_t *bytes, uint32_t size, uint32_t subgraph, InferenceError *error) {
	uint32_t values[microMaxFields], i, least;

	/* Where nothing runs another one. */
	if (!microVariables)
		subgraph = 0;
	memset(inference, 0, sizeof(*inference));
	inference->bytes = bytes;
	inference->size = size;
	/* "TFL3" */
	if ((size < 8) || (microWord(bytes + 4) != 0x334C4654u))
		return microFail(error, inferenceBadModel, "not a .tflite: no identifier TFL3 at byte 4");
	microCheck(table(inference, 0, modelFields, values, error));
	microCheck(microDemand(error, quantitySchema, (int32_t)values[modelVersion], 3, 3));
	inference->codes = values[modelCodes];
	inference->buffers = values[modelBuffers];
	i = values[modelSubgraphs];
	microCheck(microDemand(error, quantitySubgraphs, (int32_t)microCount(bytes, i), (int32_t)subgraph + 1, INT32_MAX));
	microCheck(table(inference, i + 4 * subgraph, subgraphFields, values, error));
	inference->tensors = values[subgraphTensors];
	inference->tensorCount = microCount(bytes, inference->tensors);
	inference->inputs = values[subgraphInputs];
	inference->inputCount = microCount(bytes, inference->inputs);
	inference->outputs = values[subgraphOutputs];
	inference->outputCount = microCount(bytes, inference->outputs);
	inference->operators = values[subgraphOperators];
	i = microCount(bytes, inference->operators);
	/* The plan counts operators in 16 bits. */
	microCheck(microDemand(error, quantityOperators, (int32_t)i, 1, 0x7FFE));
	inference->operatorCount = (uint16_t)i;
	microCheck(microDemand(error, quantityTensors, (int32_t)inference->tensorCount, 0, 0xFFFF));
	/* One that CALL_ONCE runs gives nothing; one of constants takes nothing. */
	least = subgraph == 0;
	microCheck(microDemand(error, quantityInputs, (int32_t)inference->inputCount, 0, INT32_MAX));
	return microDemand(error, quantityOutputs, (int32_t)inference->outputCount, (int32_t)least, INT32_MAX);
}

static InferenceStatus decodeShape(
	const Inference *inference, uint32_t shape, MicroTensor *tensor, InferenceError *error) {
	const uint32_t rank = microCount(inference->bytes, shape), typeBytes = microTypeBytes(tensor->type);
	const int32_t most = INT32_MAX / (int32_t)(typeBytes ? typeBytes : 1);
	uint32_t i, elements = 1;

	microCheck(microDemand(error, quantityRank, (int32_t)rank, 0, inferenceMaxRank));
	tensor->rank = (uint8_t)rank;
	for (i = 0; i < rank; i++) {
		int32_t dim = (int32_t)microWord(inference->bytes + shape + 4 * i);
		/* A bound for which the total can still be counted. */
		microCheck(microDemand(error, quantityDimension, dim, 1, most / (int32_t)elements));
		tensor->dims[i] = dim;
		elements *= (uint32_t)dim;
	}
	tensor->elements = elements;
	tensor->bytes = microIsInt4(tensor) ? (elements + 1) / 2 : elements * typeBytes;
	return inferenceOk;
}

static bool isQuantized(uint8_t type) {
	return (type == inferenceInt8) || (type == inferenceUint8) || (type == inferenceInt16) ||
		(microInt4 && (type == microTypeInt4));
}

/* A zero point of 64 bits must be one of its tensor's values, and 0 for types that are not quantized. */
static InferenceStatus checkZeroPoint(int32_t low, int32_t high, uint8_t type, InferenceError *error) {
	int32_t least = 0, most = 0;
	if (type == inferenceInt8)
		least = -128, most = 127;
	else if (type == inferenceUint8)
		most = 255;
	else if (type == inferenceInt16)
		least = -32768, most = 32767;
	/* A value of more than 32 bits is shown as the nearest invalid one. */
	if (high != low >> 31)
		low = high >> 31 ^ INT32_MAX;
	return microDemand(error, quantityZeroPoint, low, least, most);
}

static InferenceStatus decodeQuantization(
	const Inference *inference, uint32_t at, MicroTensor *tensor, InferenceError *error) {
	const uint8_t *bytes = inference->bytes;
	uint32_t values[microMaxFields], zeroPoints, zeroCount, i;

	microCheck(table(inference, at, quantizationFields, values, error));
	tensor->scales = values[quantizationScale];
	tensor->scaleCount = microCount(bytes, tensor->scales);
	if (tensor->scaleCount == 0)
		return inferenceOk;
	zeroPoints = values[quantizationZeroPoint];
	zeroCount = microCount(bytes, zeroPoints);
	tensor->axis = (int32_t)values[quantizationDimension];
	tensor->scale = microScaleAt(inference, tensor->scales);
	if (zeroCount)
		tensor->zeroPoint = (int32_t)microWord(bytes + zeroPoints);
	/* No kernel uses the scales of another type, such as a bias's: TensorFlow Lite Micro accepts any. */
	if (!isQuantized(tensor->type))
		tensor->scaleCount = 0;
	if (!error || (tensor->scaleCount == 0))
		return inferenceOk;

	microCheck(microDemand(error, quantityDetails, (int32_t)values[quantizationDetailsType], 0, 0));
	if (zeroCount > 1)
		microCheck(microDemand(
			error, quantityZeroPoints, (int32_t)zeroCount, (int32_t)tensor->scaleCount, (int32_t)tensor->scaleCount));
	if (tensor->scaleCount > 1) {
		microCheck(microDemand(error, quantityAxis, tensor->axis, 0, (int32_t)tensor->rank - 1));
		microCheck(microDemand(error, quantityScales, (int32_t)tensor->scaleCount, tensor->dims[tensor->axis],
			tensor->dims[tensor->axis]));
	}
	for (i = 0; i < tensor->scaleCount; i++) {
		const uint32_t bits = microWord(bytes + tensor->scales + 4 * i);
		/*
		 * A positive finite float has sign 0 and an exponent below 255. A scale of 0 is that of numbers that are all 0; kernels refuse it where they divide by
		 * it. TensorFlow Lite Micro's arithmetic on subnormal ones is up to the chip.
		 */
		if ((bits - 0x00800000u >= 0x7F000000u) && bits)
			return microFail(error, inferenceBadModel, "has a scale (channel %u), 0 or 2^-126 to 2^128 expected", i);
	}
	for (i = 0; i < zeroCount; i++) {
		const uint8_t *at = bytes + zeroPoints + 8 * i;
		const int32_t low = (int32_t)microWord(at), high = (int32_t)microWord(at + 4);
		/* Per-channel scales are supported only with zero points of 0, like types without zero points. */
		if (low | high)
			microCheck(checkZeroPoint(low, high, tensor->scaleCount > 1 ? inferenceFloat32 : tensor->type, error));
	}
	return inferenceOk;
}

InferenceStatus microDecodeTensor(
	const Inference *inference, int32_t index, MicroTensor *tensor, InferenceError *error) {
	uint32_t values[microMaxFields], buffer, count, quantization, zero = 0, i;

	/*
	 * One by one: the C library's small memset takes more instructions than the rest of this function. From a register, as
	 * RV32's short stores have no zero.
	 */
	keep(zero);
	tensor->scales = zero;
	tensor->scaleCount = zero;
	tensor->axis = (int32_t)zero;
	tensor->scale = 0;
	tensor->zeroPoint = (int32_t)zero;
	for (i = 0; i < inferenceMaxRank; i++)
		tensor->dims[i] = (int32_t)zero;
	tensor->constant = false;
	tensor->index = index;
	if (error)
		error->tensorIndex = -1;
	microCheck(microDemand(error, quantityTensor, index, 0, (int32_t)inference->tensorCount - 1));
	if (error)
		error->tensorIndex = index;
	tensor->present = true;
	microCheck(table(inference, inference->tensors + 4 * (uint32_t)index, tensorFields, values, error));
	tensor->type = (uint8_t)values[tensorType];
	tensor->variable = values[tensorIsVariable] != 0;
	quantization = values[tensorQuantization];
	buffer = values[tensorBuffer];
	if (values[tensorSparsity])
		return microFail(error, inferenceUnsupported, "is sparse");
	microCheck(decodeShape(inference, values[tensorShape], tensor, error));
	if (quantization)
		microCheck(decodeQuantization(inference, quantization, tensor, error));

	microCheck(microDemand(
		error, quantityBuffer, (int32_t)buffer, 0, (int32_t)microCount(inference->bytes, inference->buffers) - 1));
	microCheck(table(inference, inference->buffers + 4 * buffer, bufferFields, values, error));
	count = microCount(inference->bytes, values[bufferData]);
	if (count) {
		tensor->constant = true;
		tensor->data = inference->bytes + values[bufferData];
		microCheck(microDemand(error, quantityBytes, (int32_t)count, (int32_t)tensor->bytes, (int32_t)tensor->bytes));
	} else {
		if (values[bufferOffset])
			return microFail(error, inferenceUnsupported, "has data outside of the FlatBuffer");
		tensor->data = microPlaced(inference, index);
	}
	if (error)
		error->tensorIndex = -1;
	return inferenceOk;
}

microCold InferenceStatus microListed(
	const Inference *inference, uint32_t list, uint32_t i, MicroTensor *tensor, InferenceError *error) {
	return microDecodeTensor(inference, (int32_t)microWord(inference->bytes + list + 4 * i), tensor, error);
}

microCold InferenceStatus microGivenInput(
	const Inference *inference, uint32_t i, MicroTensor *tensor, InferenceError *error) {
	microCheck(microListed(inference, inference->inputs, i, tensor, error));
	if (tensor->bytes && (!microVariables || (tensor->type != microResource)))
		return inferenceOk;
	if (error)
		error->tensorIndex = tensor->index;
	return microDemand(error, quantityBytes, 0, 1, INT32_MAX);
}

InferenceStatus microNodeInput(MicroNode *node, uint32_t i, MicroTensor *tensor) {
	int32_t index = (int32_t)microWord(node->inference->bytes + node->inputs + 4 * i);
	if (index == -1) {
		memset(tensor, 0, sizeof(*tensor));
		tensor->index = -1;
		return inferenceOk;
	}
	return microDecodeTensor(node->inference, index, tensor, node->error);
}

bool microReadLists(const Inference *inference, uint32_t index, MicroNode *node) {
	const uint8_t *bytes = inference->bytes;
	uint32_t values[microMaxFields];
	if (!microReadTable(bytes, inference->size, inference->operators + 4 * index, listFields, values))
		return false;
	node->inputs = values[operatorInputs];
	node->inputCount = microCount(bytes, node->inputs);
	node->outputs = values[operatorOutputs];
	node->outputCount = microCount(bytes, node->outputs);
	return true;
}

InferenceStatus microDecodeNode(const Inference *inference, uint32_t index, MicroNode *node, InferenceError *error) {
	const uint8_t *bytes = inference->bytes;
	const MicroKernel *kernel;
	uint32_t values[microMaxFields], code[microMaxFields], i;
	int32_t deprecated;

	node->inference = inference;
	node->error = error;
	node->channels = NULL;
	node->heavy = NULL;
	node->index = (int32_t)index;
	if (error) {
		clearErrorContext(error);
		error->operatorIndex = node->index;
	}
	microCheck(table(inference, inference->operators + 4 * index, operatorFields, values, error));
	microCheck(microDemand(
		error, quantityCode, (int32_t)values[operatorCode], 0, (int32_t)microCount(bytes, inference->codes) - 1));
	microCheck(table(inference, inference->codes + 4 * values[operatorCode], codeFields, code, error));
	/* Old files have only the first field, new ones only the second past 127: the larger one is valid. */
	deprecated = (int8_t)code[codeDeprecatedBuiltin];
	node->code = (int32_t)code[codeBuiltin];
	if (node->code < deprecated)
		node->code = deprecated;
	if (error) {
		error->builtinCode = node->code;
		error->operatorName = inferenceOperatorName(node->code);
	}
	kernel = node->kernel = microKernel(node->code);
	if (!kernel)
		return microFail(error, inferenceUnsupported, microWhyMissing(), node->code);
	node->inputs = values[operatorInputs];
	node->inputCount = microCount(bytes, node->inputs);
	node->outputs = values[operatorOutputs];
	node->outputCount = microCount(bytes, node->outputs);
	if (error) {
		microCheck(microDemand(error, quantityVersion, (int32_t)code[codeVersion], 1, kernel->version));
		microCheck(microDemand(error, quantityInputs, (int32_t)node->inputCount, kernel->minInputs, kernel->maxInputs));
		microCheck(microDemand(error, quantityOutputs, (int32_t)node->outputCount,
			microVariables ? kernel->minOutputs : 1, microVariables || microSeveralOutputs ? kernel->maxOutputs : 1));
		if (values[operatorOptions] || kernel->options)
			microCheck(
				microDemand(error, quantityOptions, values[operatorOptions] ? (int32_t)values[operatorOptionsType] : 0,
					kernel->optionsType, kernel->optionsType));
	}
	if (values[operatorOptions])
		microCheck(table(inference, values[operatorOptions], kernel->options, (uint32_t *)node->option, error));
	for (i = 0; i < microNodeInputs; i++) {
		node->input[i].present = false;
		if (i < node->inputCount)
			microCheck(microNodeInput(node, i, &node->input[i]));
	}
	if (microVariables && !node->outputCount) {
		memset(&node->output, 0, sizeof(node->output));
		node->output.index = -1;
		return inferenceOk;
	}
	return microNodeOutput(node, 0, &node->output);
}

int32_t microI32(const MicroTensor *tensor, uint32_t i) {
	return (int32_t)microWord(tensor->data + 4 * i);
}
