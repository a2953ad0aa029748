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

TFLMRegistration *Register_CIRCULAR_BUFFER();
TFLMRegistration Register_DECODE();
TFLMRegistration *Register_DETECTION_POSTPROCESS();

namespace tflm_signal {
TFLMRegistration *Register_DELAY();
TFLMRegistration *Register_ENERGY();
TFLMRegistration *Register_FFT_AUTO_SCALE();
TFLMRegistration *Register_FILTER_BANK();
TFLMRegistration *Register_FILTER_BANK_LOG();
TFLMRegistration *Register_FILTER_BANK_SPECTRAL_SUBTRACTION();
TFLMRegistration *Register_FILTER_BANK_SQUARE_ROOT();
TFLMRegistration *Register_FRAMER();
TFLMRegistration *Register_IRFFT();
TFLMRegistration *Register_OVERLAP_ADD();
TFLMRegistration *Register_PCAN();
TFLMRegistration *Register_RFFT();
TFLMRegistration *Register_STACKER();
TFLMRegistration *Register_WINDOW();
} // namespace tflm_signal

} // namespace tflite
