/*
 * Shared by the engine's files: the model's tables, a decoded tensor, a decoded operator (node), and the interface of an
 * operator's kernel. Only struct Inference stays in RAM between operators: a node comes
 * from the prepared table each time it runs, or is decoded from the model where there is none, see microPrepare.c.
 */
#ifndef LOAM_MICRO_H
#define LOAM_MICRO_H

#include "../backend.h"
#include "microBuild.h"
#include "microOperators.h"
#include "microQuantities.h"
#include "microReader.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* Some C libraries name a limit so, of a program's arguments; here it is an operator. */
#undef ARG_MAX

/* The engine relies on arithmetic right shift of negative integers, which C99 leaves to the implementation. */
typedef char microNeedsArithmeticShift[((-3) >> 1) == -2 ? 1 : -1];

/* A cold function in a file of hot code. */
#if defined(__GNUC__)
	#define microCold __attribute__((cold, noinline))
#else
	#define microCold
#endif

/* A loop with limited unrolling: with -O3, GCC would unroll the remainder, too. */
#if defined(__GNUC__) && !defined(__clang__)
	#define microUnrolled __attribute__((optimize("O2")))
#else
	#define microUnrolled
#endif

#define microNowhere UINT32_MAX

/*
 * The offset of an external input's tensor, or of a part of it: this, its bytes from the input's first, and the input's number plus 1 in the
 * lowest bits. A table that ends where the planned area begins has what to add to it: the input's place, less what a first byte's offset is.
 */
#define microExternal 0x80000000u
#if defined(INFERENCE_EXTERNAL)
enum { microExternals = INFERENCE_EXTERNAL };
#else
enum { microExternals = !microOmits };
#endif
enum { microExternalInput = 3, microExternalBytes = 8 * inferenceMaxExternal };

/* The TensorType of a tensor that stands for a variable. */
#define microResource 13
/* The TensorType of int4: two in a byte, the first in its lower half. */
#define microTypeInt4 17

/* In the lowest bits of a scratch offset, free because offsets are multiples of 4. */
enum {
	microBackward = 1, /* the operator runs backward */
	microIdle = 2,     /* its output's bytes are there already */
	microFlags = 3,    /* both: since load, of an operator whose output is known then */
};

/* At the front of the arena; tensor offsets and scratch offsets (uint32_t each) follow it, then the planned area. */
struct Inference {
	const uint8_t *bytes;
	uint8_t *area;            /* the planned area */
	const uint32_t *prepared; /* the records of the prepared table, in the model or behind the planned area, or NULL */
	InferenceTrace trace;
	void *traceContext;
	uint32_t size;                 /* of the model */
	uint32_t tensors, tensorCount; /* positions of vectors in the model */
	uint32_t operators;
	uint16_t operatorCount;
	uint16_t unbound; /* bit i: input i is external, and has no memory yet */
	uint32_t inputs, inputCount;
	uint32_t outputs, outputCount;
	uint32_t buffers, codes;
	uint32_t used; /* bytes of the arena */
};

/* Reserved size: that with 64-bit pointers, so that the arena's layout does not depend on the machine. */
enum { microFront = 5 * 8 + 12 * 4 };
typedef char microFrontIsRoom[sizeof(struct Inference) <= microFront ? 1 : -1];

static inline uint32_t *microTensorOffsets(const Inference *inference) {
	return (uint32_t *)((uintptr_t)inference + microFront);
}

static inline uintptr_t *microExternalBase(const Inference *inference, uint32_t offset) {
	return (uintptr_t *)(uintptr_t)inference->area - (offset & microExternalInput);
}

static inline uint32_t *microScratchOffsets(const Inference *inference) {
	return microTensorOffsets(inference) + inference->tensorCount;
}

/* Where a planned tensor is, else NULL. */
static inline const uint8_t *microPlaced(const Inference *inference, int32_t index) {
	const uint32_t offset = inference->area ? microTensorOffsets(inference)[index] : microNowhere;
	if (offset == microNowhere)
		return NULL;
	if (microExternals && (offset >= microExternal))
		return (const uint8_t *)(*microExternalBase(inference, offset) + offset);
	return inference->area + offset;
}

/* What follows `data` has no gaps, and the same layout on every machine: it is part of the prepared table. */
typedef struct {
	const uint8_t *data; /* NULL while the arena is not planned, or an external input not bound */
	int32_t index;
	int32_t dims[inferenceMaxRank];
	uint8_t rank;
	uint8_t type;
	bool present;  /* false for an omitted optional input */
	bool constant; /* data is in the model, at any alignment */
	uint32_t variable;
	uint32_t elements;
	uint32_t bytes;
	uint32_t scales;     /* position in the model */
	uint32_t scaleCount; /* 0: not quantized, 1: per tensor, else per channel along `axis` */
	int32_t axis;
	float scale;       /* of channel 0 */
	int32_t zeroPoint; /* of channel 0 */
} MicroTensor;

/* STRIDED_SLICE has four inputs; only CONCATENATION may have more, and reads them by microNodeInput. */
#define microNodeInputs 4

/* From `index` to `outputCount` part of the prepared table, as tensors are. */
typedef struct {
	const Inference *inference;
	InferenceError *error;
	uint8_t *scratch;
	const struct MicroKernel *kernel;
	const struct MicroChannel *channels; /* see MicroLayer; NULL when they are not prepared */
	const uint32_t
		*heavy;    /* see MicroDots, for each part of a window in turn; NULL as above, or when nothing wants it */
	bool backward; /* the output must be written from its last byte on, see MicroOverlap */
	int32_t index;
	int32_t code;
	int32_t option[microMaxFields]; /* by field of the operator's options, as listed in MicroKernel.options */
	uint32_t inputs, inputCount, outputs, outputCount;
	MicroTensor input[microNodeInputs];
	MicroTensor output; /* the first; not present where there is none */
} MicroNode;

/* The input of sizes that may be computed at load, after which its operator is checked again; else NULL. */
static inline const MicroTensor *microSizes(const MicroNode *node) {
	if (node->code == builtinFILL)
		return &node->input[0];
	return (node->code == builtinPAD) || (node->code == builtinRESIZE_BILINEAR) ||
			(node->code == builtinRESIZE_NEAREST_NEIGHBOR)
		? &node->input[1]
		: NULL;
}

/*
 * How an operator's output may overlap one of its inputs. With distance = input offset - output offset:
 * forward: safe when distance >= forward (the kernel runs from the first byte to the last);
 * backward: safe when distance <= -backward (the kernel runs from the last to the first);
 * microNever: never safe; microExactly as `forward` is safe when distance == 0, and only then. (Multiples of
 * every microAlignment: limits are rounded up to it.)
 */
#define microNever 0x7FFFFFF0
#define microExactly 0x7FFFFFE0
/* As `backward` microNever, of an operator whose output has the bytes of its input. */
#define microSameBytes 0x7FFFFFD0
typedef struct {
	int32_t forward, backward;
} MicroOverlap;

/*
 * Filled by a kernel's check: bytes of scratch, and the allowed overlap with input 0 and input 1. `kept` is for an output that
 * stands for a variable: the bytes that it keeps from one invoke to the next. An operator that would only copy may do without: `part`
 * is where the output's bytes lie in input 0, else microNowhere; `joins`: the output is its inputs' bytes one after another.
 */
typedef struct {
	uint32_t scratch, kept;
	MicroOverlap overlap[2];
	uint32_t part;
	bool joins;
} MicroNeed;

typedef struct MicroKernel {
	uint8_t code;        /* BuiltinOperator */
	uint8_t optionsType; /* BuiltinOptions that goes with it */
	uint8_t minOutputs, maxOutputs;
	uint8_t version; /* the highest supported */
	uint8_t minInputs, maxInputs;
	/* Fields of the options, see microFields; an operator that lists any must have the table. */
	uint32_t options;
	/* Rejects what run cannot compute exactly. The node's tensors are decoded, their data may be NULL unless constant. */
	InferenceStatus (*check)(MicroNode *node, MicroNeed *need);
	/* Cannot fail: runs only on nodes that passed check. With scratch NULL, VAR_HANDLE, CALL_ONCE and operators with states set the initial values. */
	void (*run)(MicroNode *node);
} MicroKernel;

/* A kernel's code, type of options, and how many outputs it has, as a rule one. */
#define microIdentityOf(name, least, most) builtin##name, optionsOf##name, least, most
#define microIdentity(name) microIdentityOf(name, 1, 1)

/* The kernel of a BuiltinOperator in this build, or NULL. */
const MicroKernel *microKernel(int32_t code);
/* The reason for a missing kernel, as a format for the code. */
const char *microWhyMissing(void);

/* ---- load ---- */

/* inferenceLoad and inferenceLoadExternal; a bit for each external input. */
InferenceStatus microLoad(Inference **out, const uint8_t *model, size_t modelBytes, uint8_t *arena, size_t arenaBytes,
	InferenceError *error, uint32_t externalInputs);

/* ---- model ---- */

/* Opens a subgraph; the first is the one that runs. */
InferenceStatus microOpenModel(
	Inference *inference, const uint8_t *bytes, uint32_t size, uint32_t subgraph, InferenceError *error);
InferenceStatus microDecodeTensor(
	const Inference *inference, int32_t index, MicroTensor *tensor, InferenceError *error);
/* Decodes operator `index`; with `error` NULL the model is known to be valid. The operator stays the error context. */
InferenceStatus microDecodeNode(const Inference *inference, uint32_t index, MicroNode *node, InferenceError *error);
/* Only the positions and counts of operator `index`'s inputs and outputs; false where they cannot be read. */
bool microReadLists(const Inference *inference, uint32_t index, MicroNode *node);
/* Input i of a node with more than microNodeInputs inputs. */
InferenceStatus microNodeInput(MicroNode *node, uint32_t i, MicroTensor *tensor);
/* The tensor of entry i of a list of them. */
InferenceStatus microListed(
	const Inference *inference, uint32_t list, uint32_t i, MicroTensor *tensor, InferenceError *error);
/* Input i of the graph. A resource and a string are refused: they have no bytes that could be given. */
InferenceStatus microGivenInput(const Inference *inference, uint32_t i, MicroTensor *tensor, InferenceError *error);
/* Output i, of which there are node->outputCount. */
static inline InferenceStatus microNodeOutput(MicroNode *node, uint32_t i, MicroTensor *tensor) {
	return microListed(node->inference, node->outputs, i, tensor, node->error);
}
/* The float32 at a position in the model. */
static inline float microScaleAt(const Inference *inference, uint32_t at) {
	uint32_t bits = microWord(inference->bytes + at);
	float scale;
	memcpy(&scale, &bits, sizeof(scale));
	return scale;
}

/* An int16 at any alignment, of a constant or not. */
static inline int32_t microInt16At(const void *at) {
	int16_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}
static inline void microPutInt16(void *at, int32_t value) {
	const int16_t narrow = (int16_t)value;
	memcpy(at, &narrow, sizeof(narrow));
}

/* A number of int8 or, in a build that takes it and where it `isWide`, of int16. */
static inline int32_t microNumberAt(const void *at, bool isWide) {
	return microInt16 && isWide ? microInt16At(at) : *(const int8_t *)at;
}
static inline void microPutNumber(void *at, bool isWide, int32_t value) {
	if (microInt16 && isWide)
		microPutInt16(at, value);
	else
		*(int8_t *)at = (int8_t)value;
}

/* int32 element i of a constant, at any alignment. */
int32_t microI32(const MicroTensor *tensor, uint32_t i);
uint32_t microTypeBytes(uint8_t type);

/* ---- errors ---- */

/*
 * The operator and the tensor in an InferenceError are the context of the next error: decoding sets them, and
 * the message begins with them, "CONV_2D #3: tensor 7 ...", followed by "has ...", "must be ...".
 * All of these only return the status when error is NULL.
 */
void clearErrorContext(InferenceError *error);

/* printf with %d, %u and %s only: the C library's takes more code than the whole engine. */
InferenceStatus microFail(InferenceError *error, InferenceStatus status, const char *format, ...);
/* inferenceUnsupported, about the tensor (or NULL). */
InferenceStatus microRefuse(const MicroNode *node, const MicroTensor *tensor, const char *format, ...);
/* Rejects a value outside of least..most: "tensor 7 has <what> <value>, <least>..<most> expected". */
InferenceStatus microExpect(
	const MicroNode *node, const MicroTensor *tensor, const char *what, int32_t value, int32_t least, int32_t most);
/* The same without a node, of what every model has. */
InferenceStatus microDemand(InferenceError *error, MicroQuantity quantity, int32_t value, int32_t least, int32_t most);
/* The same of an operator's tensor. */
InferenceStatus microExpectOf(const MicroNode *node, const MicroTensor *tensor, MicroQuantity quantity, int32_t value,
	int32_t least, int32_t most);

/* ---- checks that operators share ---- */

/* Present, int8, one scale. */
InferenceStatus microCheckInt8(MicroNode *node, const MicroTensor *tensor);
/* Present, int16, one scale, zero point 0. */
InferenceStatus microCheckInt16(MicroNode *node, const MicroTensor *tensor);
/* Whether a node's first input or its output is of int16, in a build that takes it. A macro, so that the code for it leaves no trace in others. */
#define microIsInt16(tensor) (microInt16 && ((tensor)->type == inferenceInt16))
/* Whether a tensor is of int4, in a build that takes it. */
#define microIsInt4(tensor) (microInt4 && ((tensor)->type == microTypeInt4))
/* microCheckInt16 where the node's first input is of int16, in a build that takes it, else microCheckInt8. */
InferenceStatus microCheckLikeFirst(MicroNode *node, const MicroTensor *tensor);
static inline InferenceStatus microCheckNumbers(MicroNode *node, const MicroTensor *tensor) {
	return microInt16 ? microCheckLikeFirst(node, tensor) : microCheckInt8(node, tensor);
}
/* The smallest and the largest number of such a tensor. */
static inline int32_t microLowest(const MicroTensor *tensor) {
	return microIsInt16(tensor) ? INT16_MIN : INT8_MIN;
}
static inline int32_t microHighest(const MicroTensor *tensor) {
	return microIsInt16(tensor) ? INT16_MAX : INT8_MAX;
}
/* Equal zero points and scales within 1e-6, as TensorFlow Lite Micro requires for pooling. */
InferenceStatus microCheckSameScale(MicroNode *node, const MicroTensor *a, const MicroTensor *b);
/* Both of one type of 1, 2 or 4 bytes: for operators that only copy elements. */
InferenceStatus microCheckSameType(MicroNode *node, const MicroTensor *a, const MicroTensor *b);
/* A constant of a type, inferenceInt8 or inferenceInt32. */
InferenceStatus microCheckConstant(MicroNode *node, const MicroTensor *tensor, InferenceType type);
/* A constant list of int32. */
InferenceStatus microCheckIndices(MicroNode *node, const MicroTensor *tensor, int32_t elements);
/* A rank of least..most. */
InferenceStatus microCheckRank(MicroNode *node, const MicroTensor *tensor, int32_t least, int32_t most);
/* microSizes of a node: a list of int32 that is constant, or computed at load: its data are NULL until then. */
InferenceStatus microCheckKnown(MicroNode *node, const MicroTensor *tensor, int32_t elements);
/* Such a list, of `count` sizes that the output has from dimension `first` on. */
InferenceStatus microCheckSizes(MicroNode *node, const MicroTensor *sizes, uint32_t first, uint32_t count);
/* The expected number of elements. */
InferenceStatus microCheckElements(MicroNode *node, const MicroTensor *tensor, uint32_t elements);

/* ---- plan ---- */

/* Fails when there is less room than needed, with the bytes before it included. */
InferenceStatus microCheckRoom(const Inference *inference, uint32_t needed, uint32_t roomBytes, InferenceError *error);

#define microCheck(call) \
	do { \
		InferenceStatus status_ = (call); \
		if (status_ != inferenceOk) \
			return status_; \
	} while (0)

#endif
