/*
 * Variables, which keep their values from one invoke to the next. A VAR_HANDLE names one, its output stands for it;
 * READ_VARIABLE and ASSIGN_VARIABLE copy. CALL_ONCE names a subgraph that assigns constants: the initial values, taken at load
 * and at each reset. A variable without one begins with its zero point, as in TensorFlow Lite Micro.
 */
#include "microSmall.h"
#include "micro.h"
#include "microCopy.h"

enum { optionContainer, optionName };
#define handleOptions microFields(microVector1, microVector1, 0, 0, 0, 0, 0, 0)
enum { optionSubgraph };
#define onceOptions microFields(microInt, 0, 0, 0, 0, 0, 0, 0)

/* Operators of a subgraph that CALL_ONCE runs: each is looked for among all. */
enum { mostOnce = 512 };

static bool sameText(const uint8_t *bytes, int32_t a, int32_t b) {
	const uint32_t count = microCount(bytes, (uint32_t)a);
	return (count == microCount(bytes, (uint32_t)b)) && (memcmp(bytes + a, bytes + b, count) == 0);
}

/* Whether two VAR_HANDLEs name one variable; a container that is left out is any. */
static bool sameVariable(const MicroNode *a, const MicroNode *b) {
	const uint8_t *bytes = a->inference->bytes;
	const int32_t container = a->option[optionContainer], other = b->option[optionContainer];
	return sameText(bytes, a->option[optionName], b->option[optionName]) &&
		(!container || !other || sameText(bytes, container, other));
}

/* Decodes an operator that may not have been checked yet. */
static bool decode(const Inference *graph, uint32_t i, MicroNode *node) {
	InferenceError unread;
	const bool isSound = microDecodeNode(graph, i, node, &unread) == inferenceOk;
	node->error = NULL;
	return isSound;
}

/* The tensor at place i of a list of the graph. */
static int32_t listed(const Inference *graph, uint32_t list, uint32_t i) {
	return (int32_t)microWord(graph->bytes + list + 4 * i);
}

/*
 * The graph's first VAR_HANDLE that names the same variable as `named`, or else whose output is the tensor. Here and below, operators are decoded
 * only where their lists have what is looked for.
 */
static bool findHandle(const Inference *graph, const MicroNode *named, int32_t tensor, MicroNode *handle) {
	uint32_t i;
	for (i = 0; i < graph->operatorCount; i++)
		if (microReadLists(graph, i, handle) && !handle->inputCount && handle->outputCount &&
			(named || (listed(graph, handle->outputs, 0) == tensor)) && decode(graph, i, handle) &&
			(handle->code == builtinVAR_HANDLE) && (!named || sameVariable(named, handle)))
			return true;
	return false;
}

/* What the first operator reads or assigns (only that, with `assigns`) of the variable that a handle's output stands for. */
static bool findValue(const Inference *graph, int32_t handle, bool assigns, MicroTensor *value) {
	MicroNode node;
	uint32_t i;
	for (i = 0; i < graph->operatorCount; i++) {
		if (!microReadLists(graph, i, &node) || !node.inputCount || (listed(graph, node.inputs, 0) != handle) ||
			!decode(graph, i, &node))
			continue;
		if (node.code == builtinASSIGN_VARIABLE)
			*value = node.input[1];
		else if ((node.code == builtinREAD_VARIABLE) && !assigns)
			*value = node.output;
		else
			continue;
		if (value->present)
			return true;
	}
	return false;
}

static InferenceStatus checkHandle(MicroNode *node, MicroNeed *need) {
	MicroNode first;
	MicroTensor value;

	if (node->output.type != microResource)
		return microRefuse(node, &node->output, "must be a resource");
	if (!node->option[optionName])
		return microRefuse(node, NULL, "names no variable");
	if (findHandle(node->inference, node, 0, &first) && (first.index != node->index))
		return microRefuse(node, NULL, "names the variable of operator %d", first.index);
	if (!findValue(node->inference, node->output.index, false, &value) || !value.bytes)
		return microRefuse(node, &node->output, "is a variable without a value");
	need->kept = value.bytes;
	return inferenceOk;
}

static void runHandle(MicroNode *node) {
	MicroTensor value;
	if (node->scratch || !findValue(node->inference, node->output.index, false, &value))
		return;
	memset((uint8_t *)(uintptr_t)node->output.data, 0, value.bytes);
	if (findValue(node->inference, node->output.index, true, &value))
		memset((uint8_t *)(uintptr_t)node->output.data, value.zeroPoint, value.bytes);
}

/* `value` has as many bytes as what the other operators of its variable read and assign. */
static InferenceStatus checkValue(MicroNode *node, const MicroTensor *value) {
	MicroTensor other;
	MicroNode handle;

	if (!value->present)
		return microRefuse(node, NULL, "a required input is left out");
	if (!findHandle(node->inference, NULL, node->input[0].index, &handle) ||
		!findValue(node->inference, handle.output.index, false, &other))
		return microRefuse(node, NULL, "its first input must be the output of a VAR_HANDLE");
	return microExpect(node, value, "bytes", (int32_t)value->bytes, (int32_t)other.bytes, (int32_t)other.bytes);
}

/*
 * Whether the variable has the bytes that were read up to their last use: no operator, and nobody who looks at the model's outputs, reads them after it was
 * assigned to. A slice of them could be read later than they are.
 */
static bool stays(const MicroNode *read) {
	const Inference *graph = read->inference;
	const int32_t value = read->output.index, variable = read->input[0].index;
	uint32_t i, k;
	bool isAssigned = false;
	MicroNode node;

	for (i = (uint32_t)read->index + 1; i < graph->operatorCount; i++) {
		bool reads = false, assigns;
		if (!microReadLists(graph, i, &node))
			return false;
		for (k = 0; k < node.inputCount; k++)
			reads |= listed(graph, node.inputs, k) == value;
		assigns = node.inputCount && (listed(graph, node.inputs, 0) == variable);
		if (!reads && !assigns)
			continue;
		if (!decode(graph, i, &node) ||
			(reads && (isAssigned || (node.code == builtinSLICE) || (node.code == builtinSTRIDED_SLICE))))
			return false;
		isAssigned |= assigns && (node.code == builtinASSIGN_VARIABLE);
	}
	for (i = 0; i < graph->outputCount; i++)
		if (listed(graph, graph->outputs, i) == value)
			return false;
	return true;
}

static InferenceStatus checkRead(MicroNode *node, MicroNeed *need) {
	microCheck(checkValue(node, &node->output));
	if (stays(node))
		need->part = 0;
	return inferenceOk;
}

static void runRead(MicroNode *node) {
	microCopy((uint8_t *)(uintptr_t)node->output.data, node->input[0].data, node->output.bytes);
}

static InferenceStatus checkAssign(MicroNode *node, MicroNeed *need) {
	(void)need;
	return checkValue(node, &node->input[1]);
}

static void runAssign(MicroNode *node) {
	microCopy((uint8_t *)(uintptr_t)node->input[0].data, node->input[1].data, node->input[1].bytes);
}

static InferenceStatus openOnce(const MicroNode *node, Inference *graph) {
	const Inference *whole = node->inference;
	return microOpenModel(graph, whole->bytes, whole->size, (uint32_t)node->option[optionSubgraph], node->error);
}

/* The main graph's handle of the variable to which an operator of the subgraph assigns. */
static bool findTarget(const MicroNode *once, const MicroNode *assign, MicroNode *handle) {
	MicroNode named;
	return findHandle(assign->inference, NULL, assign->input[0].index, &named) &&
		findHandle(once->inference, &named, 0, handle);
}

static InferenceStatus checkOnce(MicroNode *node, MicroNeed *need) {
	Inference graph;
	MicroNode each, handle;
	MicroTensor value;
	uint32_t i;

	(void)need;
	/* What was read before could have been another value. */
	microCheck(microExpect(node, NULL, "position", node->index, 0, 0));
	microCheck(microExpect(node, NULL, "subgraph", node->option[optionSubgraph], 1, mostOnce));
	microCheck(openOnce(node, &graph));
	microCheck(microExpect(node, NULL, "operators in its subgraph:", (int32_t)graph.operatorCount, 1, mostOnce));
	for (i = 0; i < graph.operatorCount; i++) {
		/* The error names the operator of the subgraph. */
		microCheck(microDecodeNode(&graph, i, &each, node->error));
		if (each.code == builtinVAR_HANDLE)
			continue;
		if ((each.code != builtinASSIGN_VARIABLE) || !each.input[1].present || !each.input[1].constant)
			return microRefuse(&each, NULL, "in a subgraph of CALL_ONCE, which may only assign constants");
		if (!findTarget(node, &each, &handle) || !findValue(node->inference, handle.output.index, false, &value))
			return microRefuse(
				&each, NULL, "in a subgraph of CALL_ONCE, to a variable that the main graph does not have");
		microCheck(microExpect(
			&each, &each.input[1], "bytes", (int32_t)each.input[1].bytes, (int32_t)value.bytes, (int32_t)value.bytes));
	}
	return inferenceOk;
}

static void runOnce(MicroNode *node) {
	Inference graph;
	MicroNode each, handle;
	uint32_t i;

	if (node->scratch)
		return;
	openOnce(node, &graph);
	for (i = 0; i < graph.operatorCount; i++)
		if (decode(&graph, i, &each) && (each.code == builtinASSIGN_VARIABLE) && findTarget(node, &each, &handle))
			memcpy((uint8_t *)(uintptr_t)handle.output.data, each.input[1].data, each.input[1].bytes);
}

const MicroKernel microKernelCALL_ONCE = { microIdentityOf(CALL_ONCE, 0, 0), 1, 0, 0, onceOptions, checkOnce, runOnce };
const MicroKernel microKernelVAR_HANDLE = { microIdentity(VAR_HANDLE), 1, 0, 0, handleOptions, checkHandle, runHandle };
const MicroKernel microKernelREAD_VARIABLE = { microIdentity(READ_VARIABLE), 1, 1, 1, 0, checkRead, runRead };
const MicroKernel microKernelASSIGN_VARIABLE = { microIdentityOf(ASSIGN_VARIABLE, 0, 0), 1, 2, 2, 0, checkAssign,
	runAssign };
