/*
 * The C interface of the inference backends. `micro` (this folder) and `tflm` (the folder beside it) both implement it;
 * a firmware links exactly one of them.
 *
 * The order of calls is inferenceLoad, then any number of {write the inputs, inferenceInvoke, read the outputs}. Nothing is
 * allocated outside the arena that the caller hands over, the model is read in place and must outlive the Inference, and
 * once a load has succeeded nothing that follows can fail. The arena is simply released at the end (inferenceUnload lets the tflm
 * backend run its destructors first).
 *
 * A large input need not be in the arena: inferenceLoadExternal leaves it out, and inferenceBindInput says where it lies, in a
 * camera's frame buffer for example. Then an inferenceInvoke before that is an error, and does nothing.
 */
#ifndef LOAM_INFERENCE_BACKEND_H
#define LOAM_INFERENCE_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	inferenceOk = 0,
	inferenceBadArgument,   /* a null pointer, or an arena that is not aligned to inferenceArenaAlignment */
	inferenceBadModel,      /* the bytes are not a well-formed .tflite, or contradict themselves */
	inferenceUnsupported,   /* a well-formed model that this backend, or this build of it, cannot run */
	inferenceArenaTooSmall, /* needed > given, see InferenceError */
	inferenceUnbound,       /* an external input has no memory yet, see inferenceBindInput */
	inferenceFailed /* a kernel of TensorFlow Lite Micro gave up while it ran: what was in a tensor cannot be computed with */
} InferenceStatus;

/* Error details, filled when a call returns anything but inferenceOk. */
typedef struct {
	InferenceStatus status;
	int32_t operatorIndex;    /* position in the subgraph, -1 when not about an operator */
	int32_t builtinCode;      /* the operator's BuiltinOperator, -1 when unknown */
	int32_t tensorIndex;      /* position in the subgraph's tensors, -1 when not about a tensor */
	const char *operatorName; /* "CONV_2D", static storage, or NULL */
	/* Bytes, for inferenceArenaTooSmall (a lower bound when the plan could not be finished) and memory of a wrong size, else 0. */
	uint32_t needed;
	uint32_t given; /* bytes, likewise */
	char text[160]; /* the whole message, e.g. "CONV_2D #3: tensor 7 has rank 0, 4 expected" */
} InferenceError;

/* TensorType of the TensorFlow Lite schema, those that are supported. */
typedef enum {
	inferenceFloat32 = 0,
	inferenceInt32 = 2,
	inferenceUint8 = 3,
	inferenceBool = 6,
	inferenceInt16 = 7,
	inferenceInt8 = 9
} InferenceType;

#define inferenceMaxRank 6
#define inferenceArenaAlignment 16

/* Inputs that may be external: those before. */
#define inferenceMaxExternal 3
/* Of an external input's memory; 16 with esp-nn, whose vector loads want it. */
#define inferenceInputAlignment 4

typedef struct {
	/* In the arena, or in the model for a constant; aligned to its element. Of an external input what it is bound to, or NULL. */
	void *data;
	uint32_t bytes;
	int32_t index; /* in the subgraph's tensors */
	int32_t dims[inferenceMaxRank];
	uint8_t rank; /* 0 for a scalar */
	uint8_t type; /* InferenceType */
	float scale;  /* 0 when the tensor is not quantized: real = scale * (value - zeroPoint) */
	int32_t zeroPoint;
} InferenceTensor;

typedef struct Inference Inference;

/*
 * Checks the whole model and plans the arena. On success *out lies inside the arena.
 * @param model the .tflite bytes, any alignment
 * @param arena aligned to inferenceArenaAlignment; the only memory that the backend writes
 */
InferenceStatus inferenceLoad(
	Inference **out, const uint8_t *model, size_t modelBytes, uint8_t *arena, size_t arenaBytes, InferenceError *error);

/*
 * The same with inputs outside of the arena: input i where bit i of `externalInputs` is set, i < inferenceMaxExternal; bits of inputs
 * that the model does not have are ignored. The arena is planned without them, and so can be smaller by their size and more.
 */
InferenceStatus inferenceLoadExternal(Inference **out, const uint8_t *model, size_t modelBytes, uint8_t *arena,
	size_t arenaBytes, uint32_t externalInputs, InferenceError *error);

/*
 * Says where an external input lies, before the first inferenceInvoke and whenever it is elsewhere: frames of a ring of buffers take turns.
 * micro reads it there and never writes it, so that it may be in flash or in a mapped file; tflm copies it into the arena at each invoke.
 * It must stay there, and as it is, while inferenceInvoke runs, and may change between two.
 * @param data aligned to inferenceInputAlignment, outside of this Inference's arena; NULL (with 0 bytes) to take the memory back
 * @param bytes those of the tensor: the product of its dimensions and its element's size
 * @returns inferenceBadArgument for an input that is not external, and for memory of another size, misaligned or in the arena: what was
 * bound before stays
 */
InferenceStatus inferenceBindInput(
	Inference *inference, uint32_t i, const void *data, size_t bytes, InferenceError *error);

/* Ends an Inference; the arena may be reused afterwards. NULL is allowed. */
void inferenceUnload(Inference *inference);

uint32_t inferenceInputCount(const Inference *inference);
uint32_t inferenceOutputCount(const Inference *inference);

/* i below the count; out of range gives a tensor with data NULL and bytes 0. Valid until inferenceUnload. */
InferenceTensor inferenceInput(const Inference *inference, uint32_t i);
InferenceTensor inferenceOutput(const Inference *inference, uint32_t i);

/*
 * Runs the graph once. It may overwrite inputs in the arena: write every one of them before each call. Variables keep their values for the next.
 * @returns inferenceOk, with micro always so without external inputs; inferenceUnbound, with nothing done, when one is not bound; inferenceFailed,
 * of tflm, when an operator gave up, dividing by zero for example: the outputs are then not to be used
 */
InferenceStatus inferenceInvoke(Inference *inference);

/* Sets the model's variables to what they were after inferenceLoad. A model without variables has nothing to reset. */
void inferenceReset(Inference *inference);

/* Bytes of arena that load and invoke need in total; an arena of exactly this size works. Of a larger one, micro may use the rest to save time. */
size_t inferenceArenaUsed(const Inference *inference);

uint32_t inferenceOperatorCount(const Inference *inference);

/*
 * Called right after each operator with its first output. Buffers overlap, so the data is that operator's output only
 * during the call. `builtinCode` is the BuiltinOperator. Pass a NULL call to stop tracing.
 */
typedef void (*InferenceTrace)(
	void *context, uint32_t operatorIndex, int32_t builtinCode, const InferenceTensor *output);
void inferenceTrace(Inference *inference, InferenceTrace call, void *context);

/* "CONV_2D" for 3, and so on; "UNKNOWN" for an operator that the backend has no kernel for. Static storage. */
const char *inferenceOperatorName(int32_t builtinCode);

/* "micro" or "tflm". */
const char *inferenceBackendName(void);

#ifdef __cplusplus
}
#endif

#endif
