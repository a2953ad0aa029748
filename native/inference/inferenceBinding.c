/* XS binding of backend.h. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "arguments.h"
#include "backend.h"

#include <string.h>

typedef struct {
	Inference *inference;
	void *model;     /* a copy of a model that may move or change, or NULL */
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

/* Flash stays as it is and where it is; a buffer that script can write to, another model's tensor say, does not. */
static xsBooleanValue isReadOnly(xsMachine *the, xsSlot *buffer) {
	volatile xsBooleanValue result = 0;
	void *data;
	xsUnsignedValue bytes;
	xsTry {
		xsmcGetBufferWritable(*buffer, &data, &bytes);
	}
	xsCatch {
		result = 1;
	}
	return result;
}

/* model, bytes of arena, external inputs by bit */
void xs_inference(xsMachine *the) {
	const int32_t arenaBytes = argumentInteger(the, 1, "inference: arena", 0, 0x7FFFFF00);
	const int32_t external = argumentInteger(the, 2, "inference: external inputs", 0, (1 << inferenceMaxExternal) - 1);
	xsBooleanValue isCopied = !isReadOnly(the, &xsArg(0));
	void *model;
	xsUnsignedValue modelBytes;
	InferenceError error;
	InferenceStatus status;
	uint8_t *arena;
	Host *host;

	checkUnconstructed(the, xs_inference_destructor, "inference");
	if (xsmcGetBufferReadable(xsArg(0), &model, &modelBytes) == xsBufferRelocatable)
		isCopied = 1;
	host = c_malloc(sizeof(Host) + inferenceArenaAlignment + (size_t)arenaBytes);
	if (!host)
		xsUnknownError("inference: no memory for an arena of %d bytes", (int)arenaBytes);
	host->model = NULL;
	if (isCopied) {
		host->model = c_malloc(modelBytes ? modelBytes : 1);
		if (!host->model) {
			c_free(host);
			xsUnknownError("inference: no memory for a model of %u bytes", (unsigned)modelBytes);
		}
		if (modelBytes)
			c_memcpy(host->model, model, modelBytes);
		model = host->model;
	}
	arena =
		(uint8_t *)(((uintptr_t)host->room + inferenceArenaAlignment - 1) & ~(uintptr_t)(inferenceArenaAlignment - 1));
	status = inferenceLoadExternal(
		&host->inference, model, modelBytes, arena, (size_t)arenaBytes, (uint32_t)external, &error);
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

static Inference *inferenceOf(xsMachine *the, xsSlot *object) {
	const Host *host = openHostDataOf(the, object, xs_inference_destructor, "inference");
	return host->inference;
}

void xs_inference_close(xsMachine *the) {
	xs_inference_destructor(hostDataOf(the, &xsThis, xs_inference_destructor, "inference"));
	xsmcSetHostData(xsThis, NULL);
}

/* Binds input i to the buffer that argument `at` is, wherever that is now. */
static void bindInput(xsMachine *the, Inference *inference, int at, uint32_t i) {
	static const uint32_t nothing = 0;
	InferenceError error;
	xsUnsignedValue bytes;
	void *data;
	xsmcGetBufferReadable(xsArg(at), &data, &bytes);
	/* An empty buffer may have no place. */
	if (inferenceBindInput(inference, i, data ? data : (const void *)&nothing, bytes, &error) != inferenceOk)
		xsRangeError("inference: %s", error.text);
}

/* Whether a buffer can be an input: its number, and the buffer. It is bound by each invoke. */
void xs_inference_check_input(xsMachine *the) {
	const int32_t i = argumentInteger(the, 0, "inference: input", 0, INT32_MAX);
	Inference *inference = inferenceOf(the, &xsThis);
	bindInput(the, inference, 1, (uint32_t)i);
}

/*
 * The buffers of the first inputs, undefined for one that is in the arena. XS may move them between two calls, and script may resize or detach
 * them, but nothing in here lets it.
 */
void xs_inference_invoke(xsMachine *the) {
	Inference *inference = inferenceOf(the, &xsThis);
	InferenceStatus status;
	int i;
	for (i = 0; i < inferenceMaxExternal; i++) {
		/* Where it was is of no use. */
		inferenceBindInput(inference, (uint32_t)i, NULL, 0, NULL);
		if (xsmcTypeOf(xsArg(i)) != xsUndefinedType)
			bindInput(the, inference, i, (uint32_t)i);
	}
	status = inferenceInvoke(inference);
	if (status == inferenceFailed)
		xsUnknownError("inference: an operator failed while it ran: the log of TensorFlow Lite Micro says why");
	if (status != inferenceOk)
		xsTypeError("inference: an external input is not bound: bindInput(buffer) says where it is");
}

void xs_inference_reset(xsMachine *the) {
	inferenceReset(inferenceOf(the, &xsThis));
}

void xs_inference_arena_used(xsMachine *the) {
	xsmcSetInteger(xsResult, (xsIntegerValue)inferenceArenaUsed(inferenceOf(the, &xsThis)));
}

void xs_inference_backend(xsMachine *the) {
	xsmcSetString(xsResult, (xsStringValue)inferenceBackendName());
}

void xs_inference_count(xsMachine *the) {
	const xsBooleanValue output = xsmcTest(xsArg(0));
	Inference *inference = inferenceOf(the, &xsThis);
	xsmcSetInteger(
		xsResult, (xsIntegerValue)(output ? inferenceOutputCount(inference) : inferenceInputCount(inference)));
}

/* The tensor that two arguments name: output or input, and index. `object` is the inference. */
static InferenceTensor tensorOf(xsMachine *the, xsSlot *object, int first) {
	const xsBooleanValue output = xsmcTest(xsArg(first));
	const int32_t index = argumentInteger(the, first + 1, "inference: tensor", INT32_MIN, INT32_MAX);
	Inference *inference = inferenceOf(the, object);
	const InferenceTensor tensor =
		output ? inferenceOutput(inference, (uint32_t)index) : inferenceInput(inference, (uint32_t)index);
	/* That of an external input has no data. */
	if (!tensor.data && !tensor.bytes)
		xsRangeError("inference: no tensor %d", (int)index);
	return tensor;
}

static void define(xsMachine *the, const char *name) {
	/* Not Set: that would run a setter of that name in the prototype. */
	xsmcDefine(xsResult, xsID(name), xsVar(0), xsDefault);
}

/* {type, shape, scale, zeroPoint} */
void xs_inference_about(xsMachine *the) {
	static const char *const names[] = { "float32", NULL, "int32", "uint8", NULL, NULL, "bool", "int16", NULL, "int8" };
	const InferenceTensor tensor = tensorOf(the, &xsThis, 0);
	int i;

	if (tensor.type >= sizeof(names) / sizeof(names[0]) || !names[tensor.type])
		xsUnknownError("inference: tensor %d of type %d", (int)tensor.index, (int)tensor.type);
	xsmcVars(2);
	xsmcSetNewObject(xsResult);
	xsmcSetString(xsVar(0), (xsStringValue)names[tensor.type]);
	define(the, "type");
	xsmcSetNumber(xsVar(0), tensor.scale);
	define(the, "scale");
	xsmcSetInteger(xsVar(0), tensor.zeroPoint);
	define(the, "zeroPoint");
	xsmcSetNewArray(xsVar(1), tensor.rank);
	for (i = 0; i < tensor.rank; i++) {
		xsmcSetInteger(xsVar(0), tensor.dims[i]);
		xsmcSetIndex(xsVar(1), (xsIndex)i, xsVar(0));
	}
	xsVar(0) = xsVar(1);
	define(the, "shape");
}

void xs_inference_tensor_destructor(void *data) {
	(void)data; /* the arena belongs to the inference */
}

void xs_inference_tensor(xsMachine *the) {
	const InferenceTensor tensor = tensorOf(the, &xsArg(0), 1);
	checkUnconstructed(the, xs_inference_tensor_destructor, "inference: tensor");
	xsmcSetHostBuffer(xsThis, tensor.data, tensor.data ? tensor.bytes : 0);
}

void xs_inference_tensor_detach(xsMachine *the) {
	hostDataOf(the, &xsThis, xs_inference_tensor_destructor, "inference: tensor");
	xsmcSetHostBuffer(xsThis, NULL, 0);
}
