/* The `micro` backend: see backend.h. */
#include "microSmall.h"
#include "microPlan.h"
#include "microPrepare.h"

InferenceStatus inferenceLoad(Inference **out, const uint8_t *model, size_t modelBytes, uint8_t *arena,
	size_t arenaBytes, InferenceError *error) {
	return microLoad(out, model, modelBytes, arena, arenaBytes, error, 0);
}

/* Sizes that were computed at load: they may be others than those that the file's tensors have. */
static InferenceStatus checkComputed(const Inference *inference, InferenceError *error) {
	bool any = false;
	uint32_t i;
	for (i = 0; i < inference->operatorCount; i++) {
		MicroNode node;
		MicroNeed need;
		any |= microScratchOffsets(inference)[i] == microFlags;
		if (!any)
			continue;
		microCheck(microDecodeNode(inference, i, &node, error));
		if (microSizes(&node))
			microCheck(node.kernel->check(&node, &need));
	}
	clearErrorContext(error);
	return inferenceOk;
}

InferenceStatus microLoad(Inference **out, const uint8_t *model, size_t modelBytes, uint8_t *arena, size_t arenaBytes,
	InferenceError *error, uint32_t externalInputs) {
	Inference *inference = (Inference *)(uintptr_t)arena, opened;
	InferenceError unread;
	MicroLayout layout;
	uint32_t room = arenaBytes > microMaxRoom ? microMaxRoom : (uint32_t)arenaBytes, front;

	if (!error)
		error = &unread;
	error->needed = error->given = 0;
	clearErrorContext(error);
	if (!out || !model || !arena || ((uintptr_t)arena & (inferenceArenaAlignment - 1)) || (modelBytes > INT32_MAX))
		return microFail(error, inferenceBadArgument,
			"model or arena is null, model of 2 GiB, or arena not aligned to %u bytes",
			(uint32_t)inferenceArenaAlignment);
	*out = NULL;
	microCheck(microOpenModel(&opened, model, (uint32_t)modelBytes, 0, error));
	/* Far below 32 bits: microOpenModel bounds both counts. */
	front = microFront + 4 * (opened.tensorCount + opened.operatorCount);
	if (microExternals && externalInputs)
		front += microExternalBytes;
	front = (front + inferenceArenaAlignment - 1) & ~(uint32_t)(inferenceArenaAlignment - 1);
	microCheck(microCheckRoom(&opened, front, room, error));
	opened.used = front;
	if (microExternals)
		opened.unbound = (uint16_t)externalInputs;
	*inference = opened;
	inference->prepared = microTrusted(inference);
	layout.inference = inference;
	layout.error = error;
	layout.room = room - front;
	microCheck(microPlan(&layout));
	microPrepare(inference, room - inference->used);
	inferenceReset(inference);
	if (microKnown)
		microCheck(checkComputed(inference, error));
	*out = inference;
	error->status = inferenceOk;
	return inferenceOk;
}

void inferenceUnload(Inference *inference) {
	(void)inference;
}

void inferenceReset(Inference *inference) {
	/* From the last to the first: CALL_ONCE, the first, assigns to what the VAR_HANDLEs have cleared. */
	uint32_t i = microVariables || microStates ? inference->operatorCount : 0;
	MicroNode node;
	while (i--) {
		microDecodeNode(inference, i, &node, NULL);
		node.scratch = NULL;
		if ((node.code == builtinVAR_HANDLE) || (node.code == builtinCALL_ONCE) || isStateful(node.code))
			node.kernel->run(&node);
	}
	for (i = 0; microKnown && (i < inference->operatorCount); i++)
		if (microScratchOffsets(inference)[i] == microFlags) {
			microDecodeNode(inference, i, &node, NULL);
			node.scratch = inference->area;
			node.kernel->run(&node);
		}
}

uint32_t inferenceInputCount(const Inference *inference) {
	return inference->inputCount;
}

uint32_t inferenceOutputCount(const Inference *inference) {
	return inference->outputCount;
}

uint32_t inferenceOperatorCount(const Inference *inference) {
	return inference->operatorCount;
}

static microCold void setPublic(InferenceTensor *result, const MicroTensor *tensor) {
	result->data = (void *)(uintptr_t)tensor->data;
	/* What a variable holds is read by READ_VARIABLE only. */
	result->bytes = microVariables && (tensor->type == microResource) ? 0 : tensor->bytes;
	result->index = tensor->index;
	memcpy(result->dims, tensor->dims, sizeof(result->dims));
	result->rank = tensor->rank;
	result->type = tensor->type;
	result->scale = tensor->scaleCount ? tensor->scale : 0;
	result->zeroPoint = tensor->zeroPoint;
}

static InferenceTensor listed(const Inference *inference, uint32_t list, uint32_t count, uint32_t i) {
	InferenceTensor result;
	MicroTensor tensor;
	if (i < count)
		microListed(inference, list, i, &tensor, NULL);
	else
		memset(&tensor, 0, sizeof(tensor));
	setPublic(&result, &tensor);
	return result;
}

InferenceTensor inferenceInput(const Inference *inference, uint32_t i) {
	return listed(inference, inference->inputs, inference->inputCount, i);
}

InferenceTensor inferenceOutput(const Inference *inference, uint32_t i) {
	return listed(inference, inference->outputs, inference->outputCount, i);
}

InferenceStatus inferenceInvoke(Inference *inference) {
	const uint32_t *prepared = inference->prepared;
	uint32_t i;
	if (microExternals && inference->unbound)
		return inferenceUnbound;
	for (i = 0; i < inference->operatorCount; i++) {
		const uint32_t scratch = microScratchOffsets(inference)[i];
		MicroNode node;
		if ((scratch & microIdle) && !inference->trace) {
			if (prepared)
				prepared = microPassOver(prepared);
			continue;
		}
		if (prepared)
			prepared = microPreparedNode(inference, prepared, &node);
		else
			microDecodeNode(inference, i, &node, NULL);
		node.scratch = inference->area + (scratch & ~(uint32_t)microFlags);
		node.backward = scratch & microBackward;
		/* Traced: what is there already may be the caller's. */
		if (!microExternals || !(scratch & microIdle))
			node.kernel->run(&node);
		if (inference->trace) {
			InferenceTensor output;
			setPublic(&output, &node.output);
			inference->trace(inference->traceContext, i, node.code, &output);
		}
	}
	return inferenceOk;
}

size_t inferenceArenaUsed(const Inference *inference) {
	return inference->used;
}

void inferenceTrace(Inference *inference, InferenceTrace call, void *context) {
	inference->trace = call;
	inference->traceContext = context;
}

const char *inferenceBackendName(void) {
	return "micro";
}
