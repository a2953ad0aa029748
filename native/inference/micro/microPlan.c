/* From the model to the plan: every operator is checked, lifetimes are found, and the offsets are kept. */
#include "microSmall.h"
#include "microPlan.h"

/* While planning, a tensor's place in the offset table holds when it is alive: first + 1 and last + 1. */
static uint32_t pack(int32_t first, int32_t last) {
	return ((uint32_t)(first + 1) << 16) | (uint32_t)(last + 1);
}

/* What is wrong is said of the tensor. */
static InferenceStatus blame(InferenceError *error, int32_t tensorIndex, InferenceStatus status, const char *text) {
	error->tensorIndex = tensorIndex;
	return microFail(error, status, text);
}

static InferenceStatus readTensor(Inference *inference, int32_t index, int32_t operatorIndex, InferenceError *error) {
	uint32_t *life = &microTensorOffsets(inference)[index];
	if (*life == microNowhere)
		return blame(error, index, inferenceBadModel, "is read before it is written");
	*life = (*life & 0xFFFF0000u) | (uint32_t)(operatorIndex + 1);
	return inferenceOk;
}

InferenceStatus microCheckRoom(const Inference *inference, uint32_t needed, uint32_t roomBytes, InferenceError *error) {
	if (needed <= roomBytes)
		return inferenceOk;
	error->needed = inference->used + needed;
	error->given = inference->used + roomBytes;
	return microFail(error, inferenceArenaTooSmall, "arena: %u bytes needed, %u given (%u short)", error->needed, error->given, needed - roomBytes);
}

static InferenceStatus writeTensor(Inference *inference, const MicroTensor *tensor, int32_t operatorIndex, uint32_t room, InferenceError *error) {
	uint32_t *life = &microTensorOffsets(inference)[tensor->index];
	if (tensor->constant || tensor->variable || (*life != microNowhere) || !tensor->bytes)
		return blame(error, tensor->index, inferenceBadModel, "is written, but it is constant, variable, written before or of a type without size");
	*life = pack(operatorIndex, operatorIndex);
	/* Known here, before a kernel's check walks over all of the tensor's pixels. */
	return microCheckRoom(inference, tensor->bytes, room, error);
}

static InferenceStatus checkOperator(Inference *inference, uint32_t index, MicroLiberty *liberty, uint32_t room, InferenceError *error) {
	MicroNode node;
	MicroNeed need = { 0, { { microNever, microNever, false }, { microNever, microNever, false } } };
	uint32_t i;

	microCheck(microDecodeNode(inference, index, &node, error));
	liberty->input[0] = liberty->input[1] = -1;
	for (i = 0; i < node.inputCount; i++) {
		MicroTensor beyond, *input = i < microNodeInputs ? &node.input[i] : &beyond;
		if (i >= microNodeInputs)
			microCheck(microNodeInput(&node, i, &beyond));
		if (!input->present || input->constant)
			continue;
		if (input->variable)
			return microRefuse(&node, input, "is variable");
		microCheck(readTensor(inference, input->index, (int32_t)index, error));
		if (i < 2)
			liberty->input[i] = input->index;
	}
	microCheck(writeTensor(inference, &node.output, (int32_t)index, room, error));
	microCheck(node.kernel->check(&node, &need));
	liberty->overlap[0] = need.overlap[0];
	liberty->overlap[1] = need.overlap[1];
	liberty->scratch = need.scratch;
	microBlameNobody(error);
	return inferenceOk;
}

/* Blames the operator at which the plan is highest. */
static void blameHighest(const Inference *inference, const MicroLayout *layout, InferenceError *error) {
	uint32_t highest = 0, i;
	MicroNode node;
	int32_t tensor = -1;
	for (i = 0; i < layout->count; i++) {
		const MicroBuffer *buffer = &layout->buffers[i];
		if (buffer->offset + buffer->size > highest) {
			highest = buffer->offset + buffer->size;
			error->operatorIndex = buffer->first < 0 ? 0 : buffer->first;
			tensor = buffer->tensor;
		}
	}
	/* Fills in the operator's name. */
	microDecodeNode(inference, (uint32_t)error->operatorIndex, &node, error);
	error->tensorIndex = tensor;
}

/* Decodes entry i of the graph's list of inputs or outputs. */
static InferenceStatus listed(const Inference *inference, uint32_t list, uint32_t i, MicroTensor *tensor, InferenceError *error) {
	return microDecodeTensor(inference, (int32_t)microWord(inference->bytes + list + 4 * i), tensor, error);
}

static InferenceStatus lifetimes(Inference *inference, MicroLiberty *liberties, uint32_t room, InferenceError *error) {
	MicroTensor tensor;
	uint32_t i;

	for (i = 0; i < inference->tensorCount; i++)
		microTensorOffsets(inference)[i] = microNowhere;
	for (i = 0; i < inference->inputCount; i++) {
		microCheck(listed(inference, inference->inputs, i, &tensor, error));
		microCheck(writeTensor(inference, &tensor, -1, room, error));
	}
	for (i = 0; i < inference->operatorCount; i++)
		microCheck(checkOperator(inference, i, &liberties[i], room, error));
	for (i = 0; i < inference->outputCount; i++) {
		microCheck(listed(inference, inference->outputs, i, &tensor, error));
		microCheck(readTensor(inference, tensor.index, (int32_t)inference->operatorCount, error));
	}
	return inferenceOk;
}

static void fillBuffers(const Inference *inference, const MicroLiberty *liberties, MicroLayout *layout) {
	MicroBuffer *buffer = layout->buffers;
	uint32_t i;

	for (i = 0; i < inference->tensorCount; i++) {
		uint32_t life = microTensorOffsets(inference)[i];
		MicroTensor tensor;
		if (life == microNowhere)
			continue;
		microDecodeTensor(inference, (int32_t)i, &tensor, NULL);
		buffer->size = tensor.bytes;
		buffer->first = (int16_t)((int32_t)(life >> 16) - 1);
		buffer->last = (int16_t)((int32_t)(life & 0xFFFF) - 1);
		buffer->tensor = (int32_t)i;
		buffer++;
	}
	for (i = 0; i < inference->operatorCount; i++)
		if (liberties[i].scratch) {
			buffer->size = liberties[i].scratch;
			buffer->first = buffer->last = (int16_t)i;
			buffer->tensor = -1;
			buffer++;
		}
}

/* Marks the operators whose output lies over their input in a way that only a backward walk allows. */
static void keepDirections(const Inference *inference, const MicroLayout *layout) {
	uint32_t i;
	for (i = 0; i < layout->count; i++) {
		const MicroBuffer *out = &layout->buffers[i];
		if ((out->tensor >= 0) && (out->first >= 0)) {
			const MicroLiberty *liberty = &layout->liberties[out->first];
			const uint32_t in = liberty->input[0] >= 0 ? microTensorOffsets(inference)[liberty->input[0]] : 0;
			if ((liberty->input[0] >= 0) && (liberty->overlap[0].backward != microNever) && ((int64_t)in - (int64_t)out->offset < liberty->overlap[0].forward))
				microScratchOffsets(inference)[out->first] |= 1;
		}
	}
}

InferenceStatus microPlan(Inference *inference, uint32_t roomBytes, InferenceError *error) {
	uint8_t *room = (uint8_t *)inference + inference->used;
	MicroLiberty *liberties = (MicroLiberty *)(uintptr_t)room;
	MicroLayout layout;
	uint32_t i, temporary = (uint32_t)sizeof(MicroLiberty) * inference->operatorCount, planned;

	microCheck(microCheckRoom(inference, temporary, roomBytes, error));
	microCheck(lifetimes(inference, liberties, roomBytes, error));
	layout.count = 0;
	for (i = 0; i < inference->tensorCount; i++)
		layout.count += microTensorOffsets(inference)[i] != microNowhere;
	for (i = 0; i < inference->operatorCount; i++)
		layout.count += liberties[i].scratch != 0;
	/* Both counts are below 2^16, and so are the places in the orders. */
	microCheck(microDemand(error, inferenceUnsupported, "buffers to plan", (int32_t)layout.count, 0, 0xFFFF));
	layout.buffers = (MicroBuffer *)(uintptr_t)(room + temporary);
	temporary += layout.count * (uint32_t)(sizeof(MicroBuffer) + 2 * sizeof(uint16_t));
	microCheck(microCheckRoom(inference, temporary, roomBytes, error));
	layout.order = (uint16_t *)(uintptr_t)(layout.buffers + layout.count);
	layout.best = layout.order + layout.count;
	layout.liberties = liberties;
	layout.operatorCount = (int32_t)inference->operatorCount;
	fillBuffers(inference, liberties, &layout);

	planned = microPlace(&layout);
	if (planned < temporary)
		planned = temporary;
	if (planned > roomBytes)
		blameHighest(inference, &layout, error);
	microCheck(microCheckRoom(inference, planned, roomBytes, error));
	for (i = 0; i < inference->operatorCount; i++)
		microScratchOffsets(inference)[i] = 0;
	for (i = 0; i < layout.count; i++) {
		const MicroBuffer *buffer = &layout.buffers[i];
		if (buffer->tensor >= 0)
			microTensorOffsets(inference)[buffer->tensor] = buffer->offset;
		else
			microScratchOffsets(inference)[buffer->first] = buffer->offset;
	}
	keepDirections(inference, &layout);
	inference->area = room;
	inference->used += planned;
	return inferenceOk;
}
