#include "tflmConfig.h"

#include "tflmCheck.h"

#include <cstdarg>
#include <cstdio>
#include <initializer_list>

#include "flatbuffers/flatbuffers.h"
#include "tensorflow/compiler/mlir/lite/schema/schema_utils.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tflmOperators.h"
#include "tflmStops.h"

namespace loam {

static constexpr uint32_t schemaVersion = 3;

InferenceStatus fail(InferenceError *error, InferenceStatus status, const char *format, ...) {
	va_list arguments;

	if (error) {
		error->status = status;
		va_start(arguments, format);
		vsnprintf(error->text, sizeof error->text, format, arguments);
		va_end(arguments);
	}
	return status;
}

namespace {

/* The graph that an operator runs must come after its own, so that none runs itself; -1 when it runs none. */
int32_t calledGraph(const tflite::Operator *node, int32_t code, bool second) {
	if (code == tflite::BuiltinOperator_CALL_ONCE && node->builtin_options_as_CallOnceOptions())
		return node->builtin_options_as_CallOnceOptions()->init_subgraph_index();
	if (code == tflite::BuiltinOperator_IF && node->builtin_options_as_IfOptions())
		return second ? node->builtin_options_as_IfOptions()->else_subgraph_index()
					  : node->builtin_options_as_IfOptions()->then_subgraph_index();
	if (code == tflite::BuiltinOperator_WHILE && node->builtin_options_as_WhileOptions())
		return second ? node->builtin_options_as_WhileOptions()->body_subgraph_index()
					  : node->builtin_options_as_WhileOptions()->cond_subgraph_index();
	return -1;
}

bool callsGraphs(int32_t code) {
	return code == tflite::BuiltinOperator_CALL_ONCE || code == tflite::BuiltinOperator_IF ||
		code == tflite::BuiltinOperator_WHILE;
}

bool hasNoOutput(int32_t code) {
	return code == tflite::BuiltinOperator_CALL_ONCE || code == tflite::BuiltinOperator_ASSIGN_VARIABLE;
}

InferenceStatus checkCalls(
	const tflite::Operator *node, const Operator *known, uint32_t own, uint32_t graphs, InferenceError *error) {
	for (const bool second : { false, true }) {
		const int32_t called = calledGraph(node, known->code, second);
		if (callsGraphs(known->code) && !(second && known->code == tflite::BuiltinOperator_CALL_ONCE) &&
			(called <= static_cast<int32_t>(own) || called >= static_cast<int32_t>(graphs)))
			return fail(error, inferenceBadModel,
				"%s in subgraph %lu runs subgraph %ld; one of those after it is expected", known->name,
				static_cast<unsigned long>(own), static_cast<long>(called));
	}
	return inferenceOk;
}

/* The first input that a kernel wants, as bits, and an operator does not have; -1 when there is none. */
int32_t missingInput(const tflite::Operator *node, uint32_t wanted) {
	const uint32_t count = node->inputs()->size();
	if (wanted == 0xFFFFFFFF)
		wanted = count == 0 ? 1 : count < 32 ? (1u << count) - 1 : wanted;

	for (uint32_t i = 0; i < 32; i++)
		if ((wanted >> i & 1) && (i >= count || node->inputs()->Get(i) < 0))
			return static_cast<int32_t>(i);
	return -1;
}

/*
 * TFLM takes an output without elements for one whose size is not known; [0] is how scalars were written once. It counts a byte for each number of
 * int4, and a file has half of one: of weights it reads the file's.
 */
const char *wrongData(const tflite::Model *model, const tflite::SubGraph *graph, const tflite::Operator *node) {
	for (const auto *list : { node->inputs(), node->outputs() })
		for (int32_t index : *list) {
			const tflite::Tensor *tensor = index < 0 ? nullptr : graph->tensors()->Get(static_cast<uint32_t>(index));
			if (!tensor)
				continue;
			const auto *data = model->buffers()->Get(tensor->buffer())->data();
			if (tensor->type() == tflite::TensorType_INT4 && (!data || data->size() == 0))
				return "int4 that is not constant; TensorFlow Lite Micro has it as weights only";
			if (list == node->outputs() && tensor->shape() && tensor->shape()->size() > 1)
				for (int32_t size : *tensor->shape())
					if (size == 0)
						return "an output has no elements, which TensorFlow Lite Micro does not take";
		}
	return nullptr;
}

/* TFLM compares names of variables without looking whether there are any. */
InferenceStatus checkVariable(const tflite::Operator *node, bool *named, bool *unnamed, InferenceError *error) {
	const auto *options = node->builtin_options_as_VarHandleOptions();
	if (!options || !options->shared_name())
		return fail(error, inferenceBadModel, "a VAR_HANDLE has no name");
	*(options->container() ? named : unnamed) = true;
	if (*named && *unnamed)
		return fail(error, inferenceBadModel, "some variables are in a container, others are not");
	return inferenceOk;
}

/* Checks the operators and indices of a graph before anything is built; the verifier checks offsets, but not indices. */
InferenceStatus checkOperators(
	const tflite::Model *model, uint32_t subgraph, bool *named, bool *unnamed, InferenceError *error) {
	const tflite::SubGraph *graph = model->subgraphs()->Get(subgraph);
	const auto tensors = static_cast<int32_t>(graph->tensors()->size());

	for (uint32_t i = 0; i < graph->operators()->size(); i++) {
		const tflite::Operator *node = graph->operators()->Get(i);

		if (error)
			error->operatorIndex = static_cast<int32_t>(i);
		if (node->opcode_index() >= model->operator_codes()->size())
			return fail(error, inferenceBadModel, "operator %lu has code %lu, there are %lu",
				static_cast<unsigned long>(i), static_cast<unsigned long>(node->opcode_index()),
				static_cast<unsigned long>(model->operator_codes()->size()));
		const tflite::OperatorCode *wanted = model->operator_codes()->Get(node->opcode_index());
		const int32_t code = tflite::GetBuiltinCode(wanted);
		const Operator *known = findOperator(wanted);
		if (error) {
			error->builtinCode = code;
			error->operatorName = known ? known->name : leftOutName(wanted);
		}
		if (const char *name = leftOutName(wanted))
			return fail(error, inferenceUnsupported,
				"%s #%lu: left out of this build; to put it in: npx loam inspect MODEL --operators FILE --backend tflm",
				name, static_cast<unsigned long>(i));
		if (!known && code == tflite::BuiltinOperator_CUSTOM)
			return fail(error, inferenceUnsupported, "operator #%lu: the custom operator \"%s\" is not supported",
				static_cast<unsigned long>(i), wanted->custom_code() ? wanted->custom_code()->c_str() : "");
		if (!known)
			return fail(error, inferenceUnsupported, "operator #%lu: BuiltinOperator %ld is not supported",
				static_cast<unsigned long>(i), static_cast<long>(code));
		if (!node->inputs() || !node->outputs() || (node->outputs()->size() == 0 && !hasNoOutput(code)))
			return fail(error, inferenceBadModel, "%s #%lu has no inputs or no outputs", known->name,
				static_cast<unsigned long>(i));
		for (const auto *list : { node->inputs(), node->outputs() })
			for (int32_t tensor : *list)
				if (tensor >= tensors || tensor < (list == node->inputs() ? -1 : 0))
					return fail(error, inferenceBadModel, "%s #%lu names tensor %ld, there are %ld", known->name,
						static_cast<unsigned long>(i), static_cast<long>(tensor), static_cast<long>(tensors));
		const int32_t missing = missingInput(node, known->inputs);
		if (missing >= 0)
			return fail(error, inferenceBadModel, "%s #%lu has no input %ld", known->name,
				static_cast<unsigned long>(i), static_cast<long>(missing));
		if (wantsCustomOptions(*known) && (!node->custom_options() || node->custom_options()->size() == 0))
			return fail(error, inferenceBadModel, "%s #%lu has no options", known->name, static_cast<unsigned long>(i));
		if (const char *wrong = wrongData(model, graph, node))
			return fail(error, inferenceUnsupported, "%s #%lu: %s", known->name, static_cast<unsigned long>(i), wrong);
		if (const char *stops = whyItStops(graph, node, known->code))
			return fail(error, inferenceUnsupported, "%s #%lu: %s, at which TensorFlow Lite Micro stops", known->name,
				static_cast<unsigned long>(i), stops);
		InferenceStatus status = checkCalls(node, known, subgraph, model->subgraphs()->size(), error);
		if (status == inferenceOk && code == tflite::BuiltinOperator_VAR_HANDLE)
			status = checkVariable(node, named, unnamed, error);
		if (status != inferenceOk)
			return status;
	}
	return inferenceOk;
}

InferenceStatus checkTensors(const tflite::Model *model, const tflite::SubGraph *graph, InferenceError *error) {
	if (!graph->tensors() || !graph->operators() || !graph->inputs() || !graph->outputs())
		return fail(error, inferenceBadModel, "a subgraph has no tensors, operators, inputs or outputs");
	for (const tflite::Tensor *tensor : *graph->tensors()) {
		if (tensor->buffer() >= model->buffers()->size())
			return fail(error, inferenceBadModel, "a tensor names buffer %lu, there are %lu",
				static_cast<unsigned long>(tensor->buffer()), static_cast<unsigned long>(model->buffers()->size()));
		/* TFLM takes a size that is not known, -1, for a number of bytes. */
		if (tensor->shape())
			for (int32_t size : *tensor->shape())
				if (size < 0)
					return fail(error, inferenceBadModel, "a tensor has size %ld, sizes that are known are expected",
						static_cast<long>(size));
	}
	for (const auto *list : { graph->inputs(), graph->outputs() })
		for (int32_t tensor : *list)
			if (tensor < 0 || static_cast<uint32_t>(tensor) >= graph->tensors()->size())
				return fail(error, inferenceBadModel, "the graph names tensor %ld, there are %lu",
					static_cast<long>(tensor), static_cast<unsigned long>(graph->tensors()->size()));
	return inferenceOk;
}

} // namespace

InferenceStatus checkModel(const uint8_t *bytes, size_t count, InferenceError *error) {
	if (reinterpret_cast<uintptr_t>(bytes) % 4 != 0)
		return fail(error, inferenceBadArgument,
			"TensorFlow Lite Micro reads the model in place: it must start at a multiple of 4");
	flatbuffers::Verifier verifier(bytes, count);
	if (count < 8 || !tflite::VerifyModelBuffer(verifier))
		return fail(error, inferenceBadModel, "not a .tflite, or not a whole one (%lu bytes)",
			static_cast<unsigned long>(count));
	const tflite::Model *model = tflite::GetModel(bytes);
	if (model->version() != schemaVersion)
		return fail(error, inferenceUnsupported, "schema version %lu, 3 expected",
			static_cast<unsigned long>(model->version()));
	if (!model->subgraphs() || model->subgraphs()->size() == 0 || !model->operator_codes() || !model->buffers())
		return fail(error, inferenceBadModel, "a subgraph, operator codes and buffers are expected");
	bool named = false, unnamed = false;
	for (const tflite::SubGraph *graph : *model->subgraphs()) {
		const InferenceStatus status = checkTensors(model, graph, error);
		if (status != inferenceOk)
			return status;
	}
	for (uint32_t i = 0; i < model->subgraphs()->size(); i++) {
		const InferenceStatus status = checkOperators(model, i, &named, &unnamed, error);
		if (status != inferenceOk)
			return status;
	}
	if (error) {
		error->operatorIndex = -1;
		error->builtinCode = -1;
		error->operatorName = nullptr;
	}
	return inferenceOk;
}

uint32_t countVariables(const tflite::Model *model) {
	uint32_t count = 0;
	for (const tflite::SubGraph *graph : *model->subgraphs())
		for (const tflite::Operator *node : *graph->operators())
			count += tflite::GetBuiltinCode(model->operator_codes()->Get(node->opcode_index())) ==
				tflite::BuiltinOperator_VAR_HANDLE;
	return count;
}

} // namespace loam
