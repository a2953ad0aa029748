#pragma once

#include "native/inference/tflm/tflmParsers.h"
#include "tensorflow/lite/micro/micro_op_resolver.h"

namespace tflite {

// A kernel and a parser for each of the engine's operators; a parser may serve several.
#define OPERATOR(name) \
	TFLMRegistration Register_##name(); \
	TfLiteStatus parserOf##name(const Operator *, ErrorReporter *, BuiltinDataAllocator *, void **);
INFERENCE_ALL_OPERATORS
#undef OPERATOR

} // namespace tflite
