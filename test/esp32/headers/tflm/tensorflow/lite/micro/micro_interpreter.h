#pragma once

#include "flatbuffers/flatbuffers.h"
#include "tensorflow/lite/micro/micro_allocator.h"
#include "tensorflow/lite/micro/micro_interpreter_graph.h"
#include "tensorflow/lite/micro/micro_op_resolver.h"

namespace tflite {

class MicroResourceVariables;

class MicroProfilerInterface {
public:
	virtual ~MicroProfilerInterface() {
	}
	virtual uint32_t BeginEvent(const char *tag) = 0;
	virtual void EndEvent(uint32_t event) = 0;
};

const TfLiteStatus kTfLiteAbort = static_cast<TfLiteStatus>(15);

class MicroContext {
public:
	virtual ~MicroContext() = default;
	virtual MicroGraph &graph() = 0;
};

class MicroInterpreter {
public:
	MicroInterpreter(const Model *model, const MicroOpResolver &resolver, MicroAllocator *allocator,
		MicroResourceVariables *variables = nullptr, MicroProfilerInterface *profiler = nullptr);
	~MicroInterpreter();
	TfLiteStatus AllocateTensors();
	TfLiteStatus Invoke();
	TfLiteStatus Reset();
	TfLiteTensor *input(size_t index);
	TfLiteTensor *output(size_t index);

protected:
	const TfLiteContext &context() const {
		return context_;
	}

private:
	TfLiteContext context_ = {};
};

} // namespace tflite
