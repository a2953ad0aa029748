/* backend.h on TensorFlow Lite Micro: the shim's own objects are at the arena's start, and TFLM gets the rest. */
#include "tflmConfig.h"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <new>

#include "../backend.h"
#include "flatbuffers/flatbuffers.h"
#include "measuredAllocator.h"
#include "tensorflow/lite/micro/micro_allocator.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_interpreter_graph.h"
#include "tensorflow/lite/micro/micro_resource_variable.h"
#include "tensorflow/compiler/mlir/lite/schema/schema_utils.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tflmCheck.h"
#include "tflm.h"
#include "tflmOperators.h"
#include "tflmPlan.h"

/*
 * The component is compiled without run-time type information, this file, by mcconfig, with it: our classes' type information then refers to that
 * of the component's base classes, which does not exist. It is never used.
 */
#if defined(__GXX_RTTI)
	#define textOf(words) #words
	#define symbolOf(prefix, name) textOf(prefix) name
	#define typeSymbol(name) symbolOf(__USER_LABEL_PREFIX__, "_ZTIN6tflite" name)
extern "C" {
extern const void *const plannerType[2] __asm__(typeSymbol("19GreedyMemoryPlannerE")) __attribute__((weak));
extern const void *const allocatorType[2] __asm__(typeSymbol("26SingleArenaBufferAllocatorE")) __attribute__((weak));
const void *const plannerType[2] = {};
const void *const allocatorType[2] = {};
}
#endif

namespace {

/* Gives the trace and the error messages access to the interpreter's protected members. */
class Interpreter : public tflite::MicroInterpreter {
public:
	using MicroInterpreter::MicroInterpreter;

	const TfLiteEvalTensor *tensor(int index) const {
		return context().GetEvalTensor(&context(), index);
	}

	/* The operator that runs, or where preparing stopped when it failed. */
	int32_t currentOperator() const {
		return running().GetCurrentOperatorIndex();
	}
	int32_t currentSubgraph() const {
		return running().GetCurrentSubgraphIndex();
	}

	bool runSubgraph(int index) {
		return running().InvokeSubgraph(index) == kTfLiteOk;
	}

private:
	tflite::MicroInterpreterGraph &running() const {
		auto *micro = static_cast<tflite::MicroContext *>(context().impl_);

		return static_cast<tflite::MicroInterpreterGraph &>(micro->graph());
	}
};

} // namespace

/* TFLM calls its profiler before and after each operator. */
struct Inference : public tflite::MicroProfilerInterface {
	Inference(const tflite::Model *model, TFLMRegistration *kernels, uint32_t kernelRoom, uint8_t *memory, size_t bytes)
		: model(model), graph(model->subgraphs()->Get(0)), codes(model->operator_codes()),
		  operators(kernels, kernelRoom), allocator(memory, bytes),
		  tensors(tflite::MicroAllocator::Create(&allocator, &planner)),
		  interpreter(model, operators, tensors, createVariables(), this) {
	}

	tflite::MicroResourceVariables *createVariables() {
		const uint32_t count = loam::countVariables(model);
		return count ? tflite::MicroResourceVariables::Create(tensors, static_cast<int>(count)) : nullptr;
	}

	uint32_t BeginEvent(const char *) override {
		return 0;
	}
	void EndEvent(uint32_t) override;

	InferenceTensor describe(int32_t index, const TfLiteIntArray *dims, void *data, TfLiteType type) const;
	const tflite::OperatorCode *codeOf(uint32_t subgraph, uint32_t i) const {
		return codes->Get(model->subgraphs()->Get(subgraph)->operators()->Get(i)->opcode_index());
	}

	const tflite::Model *model;
	const tflite::SubGraph *graph;
	const flatbuffers::Vector<flatbuffers::Offset<tflite::OperatorCode>> *codes;
	loam::Operators operators;
	loam::MeasuredAllocator allocator;
	loam::MeasuredPlanner planner;
	tflite::MicroAllocator *tensors;
	Interpreter interpreter;
	size_t ownBytes = 0;
	/* By input: whether it is external, and what it is bound to. TFLM plans its place in the arena nevertheless, into which it is copied. */
	bool external[inferenceMaxExternal] = {};
	const void *bound[inferenceMaxExternal] = {};
	/* False when the last reset failed: variables are then undefined. */
	bool isReset = true;
	InferenceTrace trace = nullptr;
	void *traceContext = nullptr;
};

namespace {

size_t align(size_t bytes) {
	return (bytes + inferenceArenaAlignment - 1) / inferenceArenaAlignment * inferenceArenaAlignment;
}

/* The bytes that the shim and the allocator need before TFLM itself can report that its arena is too small. */
size_t leastMemory(const tflite::Model *model) {
	/* TFLM's record of a variable: two names, data, size and default value; and one of all. */
	const size_t variables = loam::countVariables(model), record = 5 * sizeof(void *);

	return tflite::MicroAllocator::GetDefaultTailUsage(true) + 512 +
		(variables ? sizeof(tflite::MicroResourceVariables) + variables * record + 2 * inferenceArenaAlignment : 0);
}

InferenceStatus tooSmall(InferenceError *error, size_t needed, size_t given) {
	if (error) {
		error->needed = static_cast<uint32_t>(needed);
		error->given = static_cast<uint32_t>(given);
	}
	return loam::fail(error, inferenceArenaTooSmall,
		"arena: TensorFlow Lite Micro needs at least %lu bytes, %lu given (%lu short)",
		static_cast<unsigned long>(needed), static_cast<unsigned long>(given),
		static_cast<unsigned long>(needed - given));
}

} // namespace

InferenceTensor Inference::describe(int32_t index, const TfLiteIntArray *dims, void *data, TfLiteType type) const {
	InferenceTensor result = {};
	const tflite::QuantizationParameters *quantization =
		graph->tensors()->Get(static_cast<uint32_t>(index))->quantization();
	size_t elementBytes = 0;

	/* A resource stands for a variable, which READ_VARIABLE reads. */
	if (type != kTfLiteResource)
		tflite::TfLiteTypeSizeOf(type, &elementBytes);
	result.data = data;
	result.bytes = static_cast<uint32_t>(elementBytes);
	result.index = index;
	result.type = static_cast<uint8_t>(graph->tensors()->Get(static_cast<uint32_t>(index))->type());
	result.rank = static_cast<uint8_t>(dims->size < inferenceMaxRank ? dims->size : inferenceMaxRank);
	for (int i = 0; i < dims->size; i++) {
		result.bytes *= static_cast<uint32_t>(dims->data[i]);
		if (i < inferenceMaxRank)
			result.dims[i] = dims->data[i];
	}
	if (quantization && quantization->scale() && quantization->scale()->size() && quantization->zero_point() &&
		quantization->zero_point()->size()) {
		result.scale = quantization->scale()->Get(0);
		result.zeroPoint = static_cast<int32_t>(quantization->zero_point()->Get(0));
	}
	return result;
}

void Inference::EndEvent(uint32_t) {
	/* Only the operators of the main graph are traced, not those that it calls. */
	if (!trace || interpreter.currentSubgraph() != 0)
		return;
	const auto i = static_cast<uint32_t>(interpreter.currentOperator());
	const auto *outputs = graph->operators()->Get(i)->outputs();
	InferenceTensor output = {};
	output.index = -1;
	if (outputs->size() > 0) {
		const TfLiteEvalTensor *tensor = interpreter.tensor(outputs->Get(0));
		output = describe(outputs->Get(0), tensor->dims, tensor->data.data, tensor->type);
	}
	trace(traceContext, i, tflite::GetBuiltinCode(codeOf(0, i)), &output);
}

/* False on an error or when memory runs out. No local variable changes after setjmp. */
static bool allocateTensors(Inference *inference) {
	std::jmp_buf outOfMemory;

	if (setjmp(outOfMemory) != 0) {
		inference->allocator.onFailure(nullptr);
		return false;
	}
	inference->allocator.onFailure(&outOfMemory);
	const bool done = inference->interpreter.AllocateTensors() == kTfLiteOk;
	inference->allocator.onFailure(nullptr);
	return done;
}

InferenceStatus inferenceLoadExternal(Inference **out, const uint8_t *bytes, size_t count, uint8_t *arena,
	size_t arenaBytes, uint32_t externalInputs, InferenceError *error) {
	const InferenceStatus status = inferenceLoad(out, bytes, count, arena, arenaBytes, error);
	if (status == inferenceOk)
		for (uint32_t i = 0; i < inferenceMaxExternal && i < inferenceInputCount(*out); i++)
			(*out)->external[i] = externalInputs >> i & 1;
	return status;
}

InferenceStatus inferenceBindInput(
	Inference *inference, uint32_t i, const void *data, size_t bytes, InferenceError *error) {
	if (error) {
		*error = {};
		error->operatorIndex = error->builtinCode = error->tensorIndex = -1;
	}
	if (i >= inferenceInputCount(inference))
		return loam::fail(error, inferenceBadArgument, "has no input %lu, there are %lu", static_cast<unsigned long>(i),
			static_cast<unsigned long>(inferenceInputCount(inference)));
	if (i >= inferenceMaxExternal || !inference->external[i])
		return loam::fail(error, inferenceBadArgument, "input %lu is in the arena; inferenceLoadExternal leaves it out",
			static_cast<unsigned long>(i));
	if (data) {
		const InferenceTensor tensor = inferenceInput(inference, i);
		const auto at = reinterpret_cast<uintptr_t>(data), arena = reinterpret_cast<uintptr_t>(inference);
		if (bytes != tensor.bytes) {
			if (error) {
				error->needed = tensor.bytes;
				error->given = static_cast<uint32_t>(bytes);
			}
			return loam::fail(error, inferenceBadArgument, "input %lu takes %lu bytes, %lu given",
				static_cast<unsigned long>(i), static_cast<unsigned long>(tensor.bytes),
				static_cast<unsigned long>(bytes));
		}
		if (at % inferenceInputAlignment)
			return loam::fail(error, inferenceBadArgument,
				"input %lu must lie at a multiple of %lu bytes, it is %lu past one", static_cast<unsigned long>(i),
				static_cast<unsigned long>(inferenceInputAlignment),
				static_cast<unsigned long>(at % inferenceInputAlignment));
		if (at < arena + inferenceArenaUsed(inference) && at + bytes > arena)
			return loam::fail(
				error, inferenceBadArgument, "input %lu must lie outside of the arena", static_cast<unsigned long>(i));
	}
	inference->bound[i] = data;
	return inferenceOk;
}

InferenceStatus inferenceLoad(
	Inference **out, const uint8_t *bytes, size_t count, uint8_t *arena, size_t arenaBytes, InferenceError *error) {
	if (error) {
		*error = {};
		error->operatorIndex = error->builtinCode = error->tensorIndex = -1;
	}
	if (!out || !bytes || !arena || reinterpret_cast<uintptr_t>(arena) % inferenceArenaAlignment)
		return loam::fail(error, inferenceBadArgument, "a null pointer, or an arena that is not aligned to %d",
			inferenceArenaAlignment);
	InferenceStatus status = loam::checkModel(bytes, count, error);
	if (status != inferenceOk)
		return status;
	const tflite::Model *model = tflite::GetModel(bytes);
	long first = 0, second = 0;
	if (const char *wrong = loam::wrongPlan(model, &first, &second))
		return loam::fail(error, inferenceBadModel, wrong, first, second);
	const uint32_t codes = model->operator_codes()->size();
	const size_t kernelsAt = align(sizeof(Inference));
	const size_t own = kernelsAt + align(codes * sizeof(TFLMRegistration));
	if (arenaBytes < own + align(leastMemory(model)))
		return tooSmall(error, own + align(leastMemory(model)), arenaBytes);
	const size_t rest = (arenaBytes - own) / inferenceArenaAlignment * inferenceArenaAlignment;
	auto *inference =
		new (arena) Inference(model, reinterpret_cast<TFLMRegistration *>(arena + kernelsAt), codes, arena + own, rest);
	inference->ownBytes = own;
	for (const tflite::SubGraph *graph : *model->subgraphs())
		for (const tflite::Operator *node : *graph->operators())
			inference->operators.add(*loam::findOperator(model->operator_codes()->Get(node->opcode_index())));
	if (allocateTensors(inference)) {
		*out = inference;
		return inferenceOk;
	}
	if (inference->allocator.failed(inference->planner)) {
		const size_t needed = own + inference->allocator.needed(inference->planner);

		return tooSmall(error, needed > arenaBytes ? needed : arenaBytes + inferenceArenaAlignment, arenaBytes);
	}
	const auto subgraph = static_cast<uint32_t>(inference->interpreter.currentSubgraph());
	const auto at = static_cast<uint32_t>(inference->interpreter.currentOperator());
	if (subgraph >= model->subgraphs()->size() || at >= model->subgraphs()->Get(subgraph)->operators()->size())
		return loam::fail(
			error, inferenceUnsupported, "TensorFlow Lite Micro cannot prepare the model; its log says why");
	const loam::Operator *known = loam::findOperator(inference->codeOf(subgraph, at));
	if (error) {
		error->operatorIndex = static_cast<int32_t>(at);
		error->builtinCode = known->code;
		error->operatorName = known->name;
	}
	return loam::fail(error, inferenceUnsupported, "%s #%lu: TensorFlow Lite Micro cannot prepare it; its log says why",
		known->name, static_cast<unsigned long>(at));
}

void inferenceUnload(Inference *inference) {
	if (inference)
		inference->interpreter.~Interpreter();
}

uint32_t inferenceInputCount(const Inference *inference) {
	return inference->graph->inputs()->size();
}

uint32_t inferenceOutputCount(const Inference *inference) {
	return inference->graph->outputs()->size();
}

/* Where it is in the arena. */
static InferenceTensor describeInput(const Inference *inference, uint32_t i) {
	const TfLiteTensor *tensor = const_cast<Interpreter &>(inference->interpreter).input(i);
	return inference->describe(inference->graph->inputs()->Get(i), tensor->dims, tensor->data.data, tensor->type);
}

InferenceTensor inferenceInput(const Inference *inference, uint32_t i) {
	if (i >= inferenceInputCount(inference))
		return InferenceTensor{};
	InferenceTensor tensor = describeInput(inference, i);
	if (i < inferenceMaxExternal && inference->external[i])
		tensor.data = const_cast<void *>(inference->bound[i]);
	return tensor;
}

InferenceTensor inferenceOutput(const Inference *inference, uint32_t i) {
	if (i >= inferenceOutputCount(inference))
		return InferenceTensor{};
	const TfLiteTensor *tensor = const_cast<Interpreter &>(inference->interpreter).output(i);
	return inference->describe(inference->graph->outputs()->Get(i), tensor->dims, tensor->data.data, tensor->type);
}

InferenceStatus inferenceInvoke(Inference *inference) {
	for (uint32_t i = 0; i < inferenceMaxExternal; i++)
		if (inference->external[i] && !inference->bound[i])
			return inferenceUnbound;
	for (uint32_t i = 0; i < inferenceMaxExternal; i++)
		if (inference->external[i]) {
			const InferenceTensor tensor = describeInput(inference, i);
			memcpy(tensor.data, inference->bound[i], tensor.bytes);
		}
	if (!inference->isReset)
		return inferenceFailed;
	/* CIRCULAR_BUFFER ends a run that is not the last of its cycle: what comes after it is as it was. */
	const TfLiteStatus status = inference->interpreter.Invoke();
	return status == kTfLiteOk || status == tflite::kTfLiteAbort ? inferenceOk : inferenceFailed;
}

void inferenceReset(Inference *inference) {
	inference->isReset = inference->interpreter.Reset() == kTfLiteOk;
	/* Reset leaves variables at their zero points, and a CALL_ONCE that has run does not run again. */
	for (const tflite::Operator *node : *inference->graph->operators())
		if (const auto *once = node->builtin_options_as_CallOnceOptions())
			inference->isReset = inference->interpreter.runSubgraph(once->init_subgraph_index()) && inference->isReset;
}

size_t inferenceArenaUsed(const Inference *inference) {
	return inference->ownBytes +
		std::max(align(leastMemory(inference->model)), inference->allocator.needed(inference->planner));
}

size_t tflmArenaNeeded(const Inference *inference) {
	return align(inference->allocator.needed(inference->planner) + sizeof(tflite::SingleArenaBufferAllocator) +
		sizeof(tflite::GreedyMemoryPlanner));
}

void tflmStopped(const uint8_t *arena, InferenceError *error) {
	const auto *inference = reinterpret_cast<const Inference *>(arena);
	*error = {};
	error->operatorIndex = error->builtinCode = error->tensorIndex = -1;
	if (inference->model) {
		const auto subgraph = static_cast<uint32_t>(inference->interpreter.currentSubgraph());
		const auto at = static_cast<uint32_t>(inference->interpreter.currentOperator());
		const loam::Operator *known = loam::findOperator(inference->codeOf(subgraph, at));
		error->operatorIndex = static_cast<int32_t>(at);
		error->builtinCode = known->code;
		error->operatorName = known->name;
	}
	loam::fail(error, inferenceFailed,
		"%s #%ld: TensorFlow Lite Micro stops at it with an assertion: shapes, options or values of its inputs do not "
		"go together",
		error->operatorName ? error->operatorName : "operator", static_cast<long>(error->operatorIndex));
}

uint32_t inferenceOperatorCount(const Inference *inference) {
	return inference->graph->operators()->size();
}

void inferenceTrace(Inference *inference, InferenceTrace call, void *context) {
	inference->trace = call;
	inference->traceContext = context;
}

const char *inferenceOperatorName(int32_t builtinCode) {
	const loam::Operator *known = loam::findBuiltin(builtinCode);

	return known ? known->name : builtinCode == tflite::BuiltinOperator_CUSTOM ? "CUSTOM" : "UNKNOWN";
}

const char *inferenceBackendName(void) {
	return "tflm";
}
