#pragma once

#include "native/inference/tflm/tflmParsers.h"
#include "tensorflow/lite/micro/micro_op_resolver.h"

namespace tflite {

// A kernel and a parser for each operator; a parser may serve several.
#define OPERATOR(name) \
	TFLMRegistration Register_##name(); \
	TfLiteStatus parserOf##name(const Operator *, ErrorReporter *, BuiltinDataAllocator *, void **);
TFLM_ALL_OPERATORS
#undef OPERATOR

} // namespace tflite
