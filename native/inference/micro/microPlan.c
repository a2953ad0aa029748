/*
 * From the model to the plan: every operator is checked, lifetimes are computed, and the offsets are stored.
 * While planning, a tensor's place in the offset table holds the number of its buffer.
 */
#include "microSmall.h"
#include "microParts.h"
#include "microPlan.h"
#include "microPrepare.h"

static uint32_t roundUp(uint32_t x) {
	return (x + (microAlignment - 1)) & ~(uint32_t)(microAlignment - 1);
}

InferenceStatus microCheckRoom(const Inference *inference, uint32_t needed, uint32_t roomBytes, InferenceError *error) {
	if (needed <= roomBytes)
		return inferenceOk;
	error->needed = inference->used + needed;
	error->given = inference->used + roomBytes;
	return microFail(error, inferenceArenaTooSmall, "does not fit the arena: %u bytes needed, %u given (%u short)",
		error->needed, error->given, needed - roomBytes);
}

/* Bytes of the buffers' records during planning. */
static uint32_t planBytes(const MicroLayout *layout) {
	return layout->count * (uint32_t)sizeof(MicroBuffer);
}

static microCold InferenceStatus checkRoom(const MicroLayout *layout, uint32_t needed) {
	return microCheckRoom(layout->inference, needed, layout->room, layout->error);
}

/* Adds a buffer that is alive during operator `index`. */
static InferenceStatus addBuffer(MicroLayout *layout, uint32_t tensor, uint32_t size, uint32_t index) {
	MicroBuffer *buffer = &layout->buffers[layout->count++];
	/* Checked here, before a kernel's check iterates over all of a tensor's pixels. */
	microCheck(checkRoom(layout, size));
	microCheck(microDemand(layout->error, quantityBuffers, (int32_t)layout->count, 0, 0xFFFF));
	microCheck(checkRoom(layout, planBytes(layout)));
	buffer->size = roundUp(size);
	buffer->offset = microNowhere;
	buffer->first = buffer->last = (int16_t)index;
	buffer->tensor = (uint16_t)tensor;
	buffer->input[0] = buffer->input[1] = microNone;
	return inferenceOk;
}

/* Whether what the offset table has of a tensor that is written is a place in an external input. */
static bool isExternal(uint32_t offset) {
	return microExternals && (offset >= microExternal) && (offset != microNowhere);
}

static microCold InferenceStatus readTensor(const MicroLayout *layout, const MicroTensor *tensor, uint32_t index) {
	const Inference *inference = layout->inference;
	InferenceError *error = layout->error;
	uint32_t buffer = microTensorOffsets(inference)[tensor->index], at = 0;
	if (isExternal(buffer) && (index < inference->operatorCount))
		return inferenceOk;
	error->tensorIndex = tensor->index;
	if (isExternal(buffer))
		return microFail(error, inferenceUnsupported, "is an output, and in an external input");
	if ((buffer == microNowhere) || tensor->variable)
		return microFail(error, inferenceBadModel, "is read before it is written, or variable");
	error->tensorIndex = -1;
	buffer = microWholeOf(layout, buffer, &at);
	/* A variable's stays to the end, as does what is known. */
	if ((!microVariables && !microKnown) || (layout->buffers[buffer].last < (int16_t)index))
		layout->buffers[buffer].last = (int16_t)index;
	return inferenceOk;
}

static InferenceStatus writeTensor(MicroLayout *layout, const MicroTensor *tensor, uint32_t index) {
	uint32_t *buffer = &microTensorOffsets(layout->inference)[tensor->index];
	InferenceError *error = layout->error;
	error->tensorIndex = tensor->index;
	if (tensor->constant || tensor->variable || (*buffer != microNowhere) || !tensor->bytes)
		return microFail(
			error, inferenceBadModel, "is written, but constant, variable, written before or without size");
	error->tensorIndex = -1;
	*buffer = layout->count;
	return addBuffer(layout, (uint32_t)tensor->index, tensor->bytes, index);
}

/*
 * Makes the inputs of a CONCATENATION parts of its output, where that is possible. One that is in the arena before the first operator, or a
 * part already, is copied, as is one whose place would not be aligned. Returns whether none is.
 */
static bool join(const Inference *inference, MicroLayout *layout, MicroNode *node, uint32_t output) {
	uint32_t i, at = 0;
	bool whole = true;
	for (i = 0; i < node->inputCount; i++) {
		MicroBuffer *input = NULL;
		MicroTensor tensor;
		microNodeInput(node, i, &tensor);
		if (!tensor.constant && !isExternal(microTensorOffsets(inference)[tensor.index]))
			input = &layout->buffers[microTensorOffsets(inference)[tensor.index]];
		if (input && !microIsPart(input) && (input->first >= 0) && (at % microAlignment == 0)) {
			if (input->first < layout->buffers[output].first)
				layout->buffers[output].first = input->first;
			microMakePart(input, output, at);
		} else
			whole = false;
		at += tensor.bytes;
	}
	return whole;
}

/* A state: it stays for good, and no other operator has it. */
static InferenceStatus keepState(MicroLayout *layout, const MicroTensor *tensor) {
	uint32_t *place = &microTensorOffsets(layout->inference)[tensor->index];
	InferenceError *error = layout->error;
	MicroBuffer *buffer = &layout->buffers[layout->count];
	error->tensorIndex = tensor->index;
	if ((*place != microNowhere) || !tensor->bytes)
		return microFail(error, inferenceBadModel, "is the state of two operators, or of a type without size");
	error->tensorIndex = -1;
	*place = layout->count;
	microCheck(addBuffer(layout, (uint32_t)tensor->index, tensor->bytes, microNowhere));
	buffer->last = (int16_t)layout->inference->operatorCount;
	return inferenceOk;
}

/* A shape is known at load, and so is what is computed of it and constants: up to so many bytes it is computed then, and stays for good. */
enum { mostKnown = 64 };

/* Whether what an operator reads is known; as a variable's, the bytes stay for good, but its handle is no input of such an operator. */
static bool isKnown(const Inference *inference, const MicroLayout *layout, const MicroTensor *tensor) {
	const uint32_t at = microTensorOffsets(inference)[tensor->index];
	return !isExternal(at) && !tensor->variable && (tensor->type != microResource) && (layout->buffers[at].first < 0) &&
		(layout->buffers[at].last == (int16_t)inference->operatorCount);
}

static InferenceStatus checkOperator(MicroLayout *layout, uint32_t index) {
	Inference *inference = layout->inference;
	InferenceError *error = layout->error;
	MicroNode node;
	MicroNeed need;
	const MicroTensor *sizes;
	MicroBuffer *output;
	uint32_t i, part;
	bool known;

	need.scratch = need.kept = 0;
	for (i = 0; i < 2; i++)
		need.overlap[i].forward = need.overlap[i].backward = microNever;
	need.part = microNowhere;
	need.joins = false;
	microCheck(microDecodeNode(inference, index, &node, error));
	known = microKnown && node.inputCount;
	for (i = 0; i < node.inputCount; i++) {
		MicroTensor beyond, *input = &beyond;
		if (i < microNodeInputs)
			input = &node.input[i];
		else
			microCheck(microNodeInput(&node, i, input));
		if (microStates && isStateful(node.code) && input->present && input->variable && !input->constant)
			microCheck(keepState(layout, input));
		else if (input->present && !input->constant)
			microCheck(readTensor(layout, input, index));
		if (microKnown && input->present && !input->constant && (node.code != builtinSHAPE))
			known = known && isKnown(inference, layout, input);
	}
	output = &layout->buffers[layout->count];
	if (!microVariables || node.outputCount)
		microCheck(writeTensor(layout, &node.output, index));
	for (i = 1; microSeveralOutputs && (i < node.outputCount); i++) {
		MicroTensor more;
		microCheck(microNodeOutput(&node, i, &more));
		microCheck(writeTensor(layout, &more, index));
	}
	microCheck(node.kernel->check(&node, &need));
	sizes = microKnown ? microSizes(&node) : NULL;
	if (sizes && !sizes->constant && !isKnown(inference, layout, sizes))
		return microRefuse(&node, sizes, "must be constant, or computed of shapes");
	if (microVariables && need.kept) {
		microCheck(checkRoom(layout, need.kept));
		output->size = roundUp(need.kept);
		output->first = -1;
		output->last = (int16_t)inference->operatorCount;
	}
	/* These two run at load. */
	if (microVariables && (need.kept || (node.code == builtinCALL_ONCE)))
		microScratchOffsets(inference)[index] = microIdle;
	if (known && !need.scratch && (output->size * node.outputCount <= mostKnown)) {
		for (i = 0; i < node.outputCount; i++) {
			output[i].first = -1;
			output[i].last = (int16_t)inference->operatorCount;
		}
		microScratchOffsets(inference)[index] = microFlags;
		clearErrorContext(error);
		return inferenceOk;
	}
	for (i = 0; (i < 2) && (!microVariables || node.outputCount); i++) {
		if (node.input[i].present && !node.input[i].constant) {
			const uint32_t input = microTensorOffsets(inference)[node.input[i].index];
			if (!isExternal(input) && !microIsPart(&layout->buffers[input]))
				output->input[i] = (uint16_t)input;
		}
		/* Distances are multiples of the alignment, and so can be their limits. */
		output->overlap[i].forward = (int32_t)roundUp((uint32_t)need.overlap[i].forward);
		output->overlap[i].backward = (int32_t)roundUp((uint32_t)need.overlap[i].backward);
	}
	/* What is copied of an external input is a part of it. */
	part = need.overlap[0].backward == microSameBytes ? 0 : need.part;
	if (microExternals && (part % microAlignment == 0) &&
		isExternal(microTensorOffsets(inference)[node.input[0].index])) {
		microTensorOffsets(inference)[node.output.index] = microTensorOffsets(inference)[node.input[0].index] + part;
		microScratchOffsets(inference)[index] = microIdle;
		layout->count--;
	} else if (microParts && !layout->copies && (need.part % microAlignment == 0) && !node.input[0].constant) {
		microMakePart(output, microTensorOffsets(inference)[node.input[0].index], need.part);
		microScratchOffsets(inference)[index] = microIdle;
	}
	if (microParts && !layout->copies && need.joins &&
		join(inference, layout, &node, (uint32_t)(output - layout->buffers)))
		microScratchOffsets(inference)[index] = microIdle;
	if (need.scratch)
		microCheck(addBuffer(layout, microNone, need.scratch, index));
	clearErrorContext(error);
	return inferenceOk;
}

static InferenceStatus lifetimes(MicroLayout *layout) {
	Inference *inference = layout->inference;
	MicroTensor tensor;
	uint32_t i;

	for (i = 0; i < inference->tensorCount; i++)
		microTensorOffsets(inference)[i] = microNowhere;
	for (i = 0; i < inference->operatorCount; i++)
		microScratchOffsets(inference)[i] = 0;
	for (i = 0; i < inference->inputCount; i++) {
		const bool external = microExternals && (i < inferenceMaxExternal) && (inference->unbound >> i & 1);
		microCheck(microGivenInput(inference, i, &tensor, layout->error));
		/* As checked as another one, but it takes no room. */
		if (external && tensor.bytes)
			tensor.bytes = 1;
		microCheck(writeTensor(layout, &tensor, microNowhere));
		if (external) {
			microTensorOffsets(inference)[tensor.index] = microExternal | (i + 1);
			layout->count--;
		}
	}
	for (i = 0; i < inference->operatorCount; i++)
		microCheck(checkOperator(layout, i));
	for (i = 0; i < inference->outputCount; i++) {
		microCheck(microListed(inference, inference->outputs, i, &tensor, layout->error));
		if (!tensor.constant)
			microCheck(readTensor(layout, &tensor, inference->operatorCount));
	}
	return inferenceOk;
}

/* Sets the operator at the plan's peak as the error context. */
static void reportPeak(const MicroLayout *layout) {
	InferenceError *error = layout->error;
	const MicroBuffer *buffer = layout->buffers, *end = buffer + layout->count, *highest = buffer;
	MicroNode node;
	for (; buffer < end; buffer++)
		if (buffer->offset + buffer->size > highest->offset + highest->size)
			highest = buffer;
	/* Fills in the operator's name. */
	microDecodeNode(layout->inference, highest->first < 0 ? 0 : (uint32_t)highest->first, &node, error);
	error->tensorIndex = highest->tensor == microNone ? -1 : highest->tensor;
}

/* Stores the offsets for invoke. */
static void storeOffsets(const MicroLayout *layout) {
	const Inference *inference = layout->inference;
	uint32_t i;
	for (i = 0; i < layout->count; i++) {
		const MicroBuffer *buffer = &layout->buffers[i];
		uint32_t *scratch = &microScratchOffsets(inference)[buffer->first], at = 0;
		if (microIsPart(buffer)) {
			const MicroBuffer *whole = &layout->buffers[microWholeOf(layout, i, &at)];
			microTensorOffsets(inference)[buffer->tensor] = whole->offset + at;
			continue;
		}
		if (buffer->tensor == microNone) {
			*scratch |= buffer->offset;
			continue;
		}
		microTensorOffsets(inference)[buffer->tensor] = buffer->offset;
		/* An output that overlaps its input so that only a backward run is safe; an input that has become a part overlaps nothing. */
		if ((buffer->input[0] != microNone) && !microIsPart(&layout->buffers[buffer->input[0]])) {
			int32_t distance = (int32_t)(layout->buffers[buffer->input[0]].offset - buffer->offset);
			if ((distance < buffer->overlap[0].forward) && (-distance >= buffer->overlap[0].backward))
				*scratch |= microBackward;
			if ((distance == 0) && (buffer->overlap[0].backward == microSameBytes))
				*scratch |= microIdle;
		}
	}
}

/* By the order of a prepared table, when it is of so many buffers, or without a table by the one that is found. */
static InferenceStatus place(MicroLayout *layout, bool copies, const uint32_t *known, uint32_t *planned) {
	layout->count = 0;
	layout->copies = copies;
	microCheck(lifetimes(layout));
	*planned = microNowhere;
	if (!known)
		*planned = microPlace(layout);
	else if (layout->count == known[microTableBuffers])
		*planned = microPlaceAs(layout, known + microTableOrder);
	return inferenceOk;
}

static bool hasParts(const MicroLayout *layout) {
	uint32_t i;
	for (i = 0; i < layout->count; i++)
		if (microIsPart(&layout->buffers[i]))
			return true;
	return false;
}

InferenceStatus microPlan(MicroLayout *layout) {
	Inference *inference = layout->inference;
	const uint32_t *known = microTakesOrder ? inference->prepared : NULL;
	uint32_t planned;

	layout->buffers = (MicroBuffer *)(uintptr_t)((uint8_t *)inference + inference->used);
	if (known)
		microCheck(place(layout, known[microTableCopies], known, &planned));
	/* Inputs outside of the arena leave out buffers. */
	if (!known || (planned != known[microTableSpan])) {
		microCheck(place(layout, false, NULL, &planned));
		/* A whole lives as long as any of its parts: copies may take less room. */
		if (microParts && hasParts(layout)) {
			const uint32_t inParts = planned;
			microCheck(place(layout, true, NULL, &planned));
			if (inParts <= planned)
				microCheck(place(layout, false, NULL, &planned));
		}
	}
	if (planned > layout->room)
		reportPeak(layout);
	microCheck(checkRoom(layout, planned));
	if (planned < planBytes(layout))
		planned = planBytes(layout);
	storeOffsets(layout);
	inference->area = (uint8_t *)layout->buffers;
	inference->used += planned;
	return inferenceOk;
}
