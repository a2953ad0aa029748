#include "tflmConfig.h"
#include "tflmOperators.h"

#include <new>

#include "../micro/microOperators.h"
#include "tflmParsers.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace loam {

namespace {

using namespace tflite;

#define OPERATOR(code) \
	{ BuiltinOperator_##code, #code, [] { return TFLMRegistration(Register_##code()); }, parserOf##code },

/* Those of the build: its list, as for micro, or all that TensorFlow Lite Micro has. */
#if microOmits
const Operator known[] = { INFERENCE_OPERATORS };
#else
const Operator known[] = { TFLM_ALL_OPERATORS };
#endif

#undef OPERATOR

#if microOmits
	#define OPERATOR(code) { BuiltinOperator_##code, #code },
const struct {
	BuiltinOperator code;
	const char *name;
} names[] = { TFLM_ALL_OPERATORS };
	#undef OPERATOR
#endif

} // namespace

const Operator *findOperator(int32_t builtinCode) {
	for (const Operator &candidate : known)
		if (candidate.code == builtinCode)
			return &candidate;
	return nullptr;
}

const char *leftOutName(int32_t builtinCode) {
#if microOmits
	for (const auto &candidate : names)
		if (candidate.code == builtinCode && !findOperator(builtinCode))
			return candidate.name;
#else
	(void)builtinCode;
#endif
	return nullptr;
}

void Operators::add(const Operator &wanted) {
	if (count_ == room_ || FindOp(wanted.code))
		return;
	TFLMRegistration *kernel = new (&kernels_[count_++]) TFLMRegistration(wanted.kernel());
	kernel->builtin_code = wanted.code;
}

const TFLMRegistration *Operators::FindOp(tflite::BuiltinOperator code) const {
	for (uint32_t i = 0; i < count_; i++)
		if (kernels_[i].builtin_code == code)
			return &kernels_[i];
	return nullptr;
}

tflite::TfLiteBridgeBuiltinParseFunction Operators::GetOpDataParser(tflite::BuiltinOperator code) const {
	const Operator *found = findOperator(code);

	return found ? found->parser : nullptr;
}

} // namespace loam
