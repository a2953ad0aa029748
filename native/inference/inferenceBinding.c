/* XS binding of backend.h. */
#include "xsmc.h"
#include "mc.xs.h"
#include "backend.h"

#include <string.h>

typedef struct {
	Inference *inference;
	void *model;     /* a copy of a model that the garbage collector may move, or NULL */
	uint8_t room[1]; /* the arena, aligned inside */
} Host;

void xs_inference_destructor(void *data) {
	Host *host = data;
	if (!host)
		return;
	inferenceUnload(host->inference);
	if (host->model)
		c_free(host->model);
	c_free(host);
}

void xs_inference(xsMachine *the) {
	xsIntegerValue arenaBytes = xsmcToInteger(xsArg(1));
	void *model;
	xsUnsignedValue modelBytes;
	xsIntegerValue kind;
	InferenceError error;
	InferenceStatus status;
	uint8_t *arena;
	Host *host;

	if (arenaBytes < 0 || arenaBytes > 0x7FFFFF00)
		xsRangeError("inference: an arena of %d bytes", (int)arenaBytes);
	kind = xsmcGetBufferReadable(xsArg(0), &model, &modelBytes);
	host = c_malloc(sizeof(Host) + inferenceArenaAlignment + (size_t)arenaBytes);
	if (!host)
		xsUnknownError("inference: no memory for an arena of %d bytes", (int)arenaBytes);
	host->model = NULL;
	if (kind == xsBufferRelocatable) {
		host->model = c_malloc(modelBytes ? modelBytes : 1);
		if (!host->model) {
			c_free(host);
			xsUnknownError("inference: no memory for a model of %u bytes", (unsigned)modelBytes);
		}
		c_memcpy(host->model, model, modelBytes);
		model = host->model;
	}
	arena =
		(uint8_t *)(((uintptr_t)host->room + inferenceArenaAlignment - 1) & ~(uintptr_t)(inferenceArenaAlignment - 1));
	status = inferenceLoad(&host->inference, model, modelBytes, arena, (size_t)arenaBytes, &error);
	if (status != inferenceOk) {
		if (host->model)
			c_free(host->model);
		c_free(host);
		if (status == inferenceArenaTooSmall)
			xsRangeError("inference: %s", error.text);
		xsUnknownError("inference: %s", error.text);
	}
	xsmcSetHostData(xsThis, host);
}

static Inference *inferenceOf(xsMachine *the) {
	Host *host = xsmcGetHostData(xsThis);
	if (!host)
		xsUnknownError("inference: closed");
	return host->inference;
}

void xs_inference_close(xsMachine *the) {
	xs_inference_destructor(xsmcGetHostData(xsThis));
	xsmcSetHostData(xsThis, NULL);
}

void xs_inference_invoke(xsMachine *the) {
	inferenceInvoke(inferenceOf(the));
}

void xs_inference_arena_used(xsMachine *the) {
	xsmcSetInteger(xsResult, (xsIntegerValue)inferenceArenaUsed(inferenceOf(the)));
}

void xs_inference_backend(xsMachine *the) {
	xsmcSetString(xsResult, (xsStringValue)inferenceBackendName());
}

void xs_inference_count(xsMachine *the) {
	Inference *inference = inferenceOf(the);
	xsmcSetInteger(xsResult,
		(xsIntegerValue)(xsmcTest(xsArg(0)) ? inferenceOutputCount(inference) : inferenceInputCount(inference)));
}

static InferenceTensor tensorOf(xsMachine *the, Inference *inference, xsBooleanValue output, xsIntegerValue index) {
	InferenceTensor tensor =
		output ? inferenceOutput(inference, (uint32_t)index) : inferenceInput(inference, (uint32_t)index);
	if (!tensor.data)
		xsRangeError("inference: no tensor %d", (int)index);
	return tensor;
}

/* {type, shape, scale, zeroPoint} */
void xs_inference_about(xsMachine *the) {
	static const char *const names[] = { "float32", NULL, "int32", "uint8", NULL, NULL, "bool", "int16", NULL, "int8" };
	Inference *inference = inferenceOf(the);
	xsBooleanValue output = xsmcTest(xsArg(0));
	xsIntegerValue index = xsmcToInteger(xsArg(1));
	InferenceTensor tensor = tensorOf(the, inference, output, index);
	int i;

	if (tensor.type >= sizeof(names) / sizeof(names[0]) || !names[tensor.type])
		xsUnknownError("inference: tensor %d of type %d", (int)tensor.index, (int)tensor.type);
	xsmcVars(2);
	xsmcSetNewObject(xsResult);
	xsmcSetString(xsVar(0), (xsStringValue)names[tensor.type]);
	xsmcSet(xsResult, xsID("type"), xsVar(0));
	xsmcSetNumber(xsVar(0), tensor.scale);
	xsmcSet(xsResult, xsID("scale"), xsVar(0));
	xsmcSetInteger(xsVar(0), tensor.zeroPoint);
	xsmcSet(xsResult, xsID("zeroPoint"), xsVar(0));
	xsmcSetNewArray(xsVar(1), tensor.rank);
	for (i = 0; i < tensor.rank; i++) {
		xsmcSetInteger(xsVar(0), tensor.dims[i]);
		xsmcSetIndex(xsVar(1), (xsIndex)i, xsVar(0));
	}
	xsmcSet(xsResult, xsID("shape"), xsVar(1));
}

void xs_inference_tensor_destructor(void *data) {
	(void)data; /* the arena belongs to the inference */
}

void xs_inference_tensor(xsMachine *the) {
	Host *host = xsmcGetHostData(xsArg(0));
	xsBooleanValue output = xsmcTest(xsArg(1));
	xsIntegerValue index = xsmcToInteger(xsArg(2));
	InferenceTensor tensor;

	if (!host)
		xsUnknownError("inference: closed");
	tensor = tensorOf(the, host->inference, output, index);
	xsmcSetHostBuffer(xsThis, tensor.data, tensor.bytes);
}

void xs_inference_tensor_detach(xsMachine *the) {
	xsmcSetHostBuffer(xsThis, NULL, 0);
}
