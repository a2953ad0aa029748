/* The operators of the tflm backend: all that TensorFlow Lite Micro has, or those of the build's list. */
#ifndef LOAM_TFLM_OPERATORS_H
#define LOAM_TFLM_OPERATORS_H

#include <cstdint>

#include "tensorflow/lite/micro/micro_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace loam {

struct Operator {
	tflite::BuiltinOperator code;
	const char *name;
	TFLMRegistration (*kernel)();
	tflite::TfLiteBridgeBuiltinParseFunction parser;
	/* See tflmParsers.h. */
	uint32_t inputs;
};

/* nullptr for an operator that is unknown, or left out of this build. A custom one is known by its name. */
const Operator *findOperator(const tflite::OperatorCode *wanted);

/* The same by code; nullptr for a custom one. */
const Operator *findBuiltin(int32_t code);

/* The name of an operator that this build leaves out, nullptr for all others. */
const char *leftOutName(const tflite::OperatorCode *wanted);

/* Whether a custom operator reads its options without looking whether there are any. */
bool wantsCustomOptions(const Operator &known);

/* Kernels of the operators that one model uses; the memory for them is the caller's. */
class Operators : public tflite::MicroOpResolver {
public:
	Operators(TFLMRegistration *kernels, uint32_t room) : kernels_(kernels), room_(room) {
	}

	/* An operator is added only once. There must be enough room. */
	void add(const Operator &known);

	const TFLMRegistration *FindOp(tflite::BuiltinOperator code) const override;
	const TFLMRegistration *FindOp(const char *name) const override;
	tflite::TfLiteBridgeBuiltinParseFunction GetOpDataParser(tflite::BuiltinOperator code) const override;

private:
	TFLMRegistration *kernels_;
	uint32_t room_;
	uint32_t count_ = 0;
};

} // namespace loam

#endif
