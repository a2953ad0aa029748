/* From the model to the plan: every operator is checked, lifetimes are found, and the offsets are kept. */
#include "microSmall.h"
#include "microPlan.h"

/* While planning, a tensor's place in the offset table holds when it is alive: first + 1 and last + 1. */
static uint32_t pack(int32_t first, int32_t last) {
	return ((uint32_t)(first + 1) << 16) | (uint32_t)(last + 1);
}

static InferenceStatus readTensor(Inference *inference, int32_t index, int32_t operatorIndex, InferenceError *error) {
	uint32_t *life = &microTensorOffsets(inference)[index];
	if (*life == microNowhere)
		return microFail(error, inferenceBadModel, index, "tensor %d is read before it is written", index);
	*life = (*life & 0xFFFF0000u) | (uint32_t)(operatorIndex + 1);
	return inferenceOk;
}

static InferenceStatus tooSmall(const Inference *inference, uint32_t room, uint32_t needed, InferenceError *error) {
	/* What lies before the room counts as well. */
	uint32_t before = (uint32_t)(sizeof(*inference) + 4 * (inference->tensorCount + inference->operatorCount) + inferenceArenaAlignment - 1) & ~(uint32_t)(inferenceArenaAlignment - 1);
	error->needed = before + needed;
	error->given = before + room;
	return microFail(error, inferenceArenaTooSmall, error->tensorIndex, "arena: %u bytes needed, %u given (%u short)", error->needed, error->given, error->needed - error->given);
}

static InferenceStatus writeTensor(Inference *inference, const MicroTensor *tensor, int32_t operatorIndex, uint32_t room, InferenceError *error) {
	uint32_t *life = &microTensorOffsets(inference)[tensor->index];
	if (tensor->constant || tensor->variable)
		return microFail(error, inferenceUnsupported, tensor->index, "tensor %d is written, but it is %s", tensor->index, tensor->constant ? "constant" : "variable");
	if (*life != microNowhere)
		return microFail(error, inferenceBadModel, tensor->index, "tensor %d is written twice", tensor->index);
	if (tensor->bytes == 0)
		return microFail(error, inferenceUnsupported, tensor->index, "tensor %d has a type of no size", tensor->index);
	/* Known here, before a kernel's check walks over all of the tensor's pixels. */
	if (tensor->bytes > room)
		return tooSmall(inference, room, tensor->bytes, error);
	*life = pack(operatorIndex, operatorIndex);
	return inferenceOk;
}

static InferenceStatus checkOperator(Inference *inference, uint32_t index, MicroLiberty *liberty, uint32_t room, InferenceError *error) {
	MicroNode node;
	MicroNeed need = { 0, { { microNever, microNever, false }, { microNever, microNever, false } } };
	InferenceStatus status = microDecodeNode(inference, index, &node, error);
	uint32_t i;

	liberty->input[0] = liberty->input[1] = -1;
	for (i = 0; (status == inferenceOk) && (i < node.inputCount); i++) {
		MicroTensor beyond, *input = i < microNodeInputs ? &node.input[i] : &beyond;
		if (i >= microNodeInputs)
			status = microNodeInput(&node, i, &beyond);
		if ((status != inferenceOk) || !input->present || input->constant)
			continue;
		status = input->variable ? microRefuse(&node, input, "is variable") : readTensor(inference, input->index, (int32_t)index, error);
		if (i < 2)
			liberty->input[i] = input->index;
	}
	if (status == inferenceOk)
		status = writeTensor(inference, &node.output, (int32_t)index, room, error);
	if (status == inferenceOk)
		status = node.kernel->check(&node, &need);
	if ((status == inferenceOk) && node.reader.fault)
		status = microFail(error, inferenceBadModel, -1, "an offset points outside of the model's %u bytes", inference->size);
	liberty->overlap[0] = need.overlap[0];
	liberty->overlap[1] = need.overlap[1];
	liberty->scratch = need.scratch;
	return microBlame(&node, status);
}

/* Names the operator at which the plan is highest. */
static void blameHighest(const Inference *inference, const MicroLayout *layout, InferenceError *error) {
	uint32_t highest = 0, i;
	for (i = 0; i < layout->count; i++) {
		const MicroBuffer *buffer = &layout->buffers[i];
		if (buffer->offset + buffer->size > highest) {
			highest = buffer->offset + buffer->size;
			error->operatorIndex = buffer->first < 0 ? 0 : buffer->first;
			error->tensorIndex = buffer->tensor;
		}
	}
	if (error->operatorIndex >= 0) {
		MicroNode node;
		char text[sizeof(error->text)];
		microDecodeNode(inference, (uint32_t)error->operatorIndex, &node, NULL);
		error->builtinCode = node.code;
		error->operatorName = inferenceOperatorName(node.code);
		microFormat(text, sizeof(text), "arena: %s #%d needs %u bytes, %u given (%u short)", error->operatorName, error->operatorIndex, error->needed, error->given, error->needed - error->given);
		microFormat(error->text, sizeof(error->text), "%s", text);
	}
}

static InferenceStatus lifetimes(Inference *inference, MicroLiberty *liberties, uint32_t room, InferenceError *error) {
	MicroReader reader = { inference->bytes, inference->size, false };
	uint32_t i;

	for (i = 0; i < inference->tensorCount; i++)
		microTensorOffsets(inference)[i] = microNowhere;
	for (i = 0; i < inference->inputCount; i++) {
		MicroTensor tensor;
		microCheck(microDecodeTensor(&reader, inference, microReadI32(&reader, inference->inputs + 4 * i), &tensor, error));
		microCheck(writeTensor(inference, &tensor, -1, room, error));
	}
	for (i = 0; i < inference->operatorCount; i++)
		microCheck(checkOperator(inference, i, &liberties[i], room, error));
	for (i = 0; i < inference->outputCount; i++)
		microCheck(readTensor(inference, microReadI32(&reader, inference->outputs + 4 * i), (int32_t)inference->operatorCount, error));
	return inferenceOk;
}

static void fillBuffers(const Inference *inference, const MicroLiberty *liberties, MicroLayout *layout) {
	MicroReader reader = { inference->bytes, inference->size, false };
	MicroBuffer *buffer = layout->buffers;
	uint32_t i;

	for (i = 0; i < inference->tensorCount; i++) {
		uint32_t life = microTensorOffsets(inference)[i];
		MicroTensor tensor;
		if (life == microNowhere)
			continue;
		microDecodeTensor(&reader, inference, (int32_t)i, &tensor, NULL);
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

InferenceStatus microPlan(Inference *inference, uint8_t *room, uint32_t roomBytes, uint32_t *planned, InferenceError *error) {
	MicroLiberty *liberties = (MicroLiberty *)(uintptr_t)room;
	MicroLayout layout;
	uint32_t i, temporary = (uint32_t)sizeof(MicroLiberty) * inference->operatorCount, peak;

	if (temporary > roomBytes)
		return tooSmall(inference, roomBytes, temporary, error);
	microCheck(lifetimes(inference, liberties, roomBytes, error));
	layout.count = 0;
	for (i = 0; i < inference->tensorCount; i++)
		layout.count += microTensorOffsets(inference)[i] != microNowhere;
	for (i = 0; i < inference->operatorCount; i++)
		layout.count += liberties[i].scratch != 0;
	layout.buffers = (MicroBuffer *)(uintptr_t)(room + temporary);
	temporary += layout.count * (uint32_t)(sizeof(MicroBuffer) + 2 * sizeof(uint16_t));
	if (layout.count > 0xFFFF)
		return microFail(error, inferenceUnsupported, -1, "%u buffers to plan, at most 65535 expected", layout.count);
	if (temporary > roomBytes)
		return tooSmall(inference, roomBytes, temporary, error);
	layout.order = (uint16_t *)(uintptr_t)(layout.buffers + layout.count);
	layout.best = layout.order + layout.count;
	layout.liberties = liberties;
	layout.operatorCount = (int32_t)inference->operatorCount;
	fillBuffers(inference, liberties, &layout);

	peak = microPlace(&layout);
	*planned = peak > temporary ? peak : temporary;
	if (*planned > roomBytes) {
		tooSmall(inference, roomBytes, *planned, error);
		blameHighest(inference, &layout, error);
		return inferenceArenaTooSmall;
	}
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
	return inferenceOk;
}
