#include "tflmConfig.h"
#include "tflmOperators.h"

#include <cstring>
#include <new>

#include "../micro/microOperators.h"
#include "tflmParsers.h"
#include "tensorflow/compiler/mlir/lite/schema/schema_utils.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace loam {

namespace {

using namespace tflite;

/* Some are returned, of others where they are; a build's list may have no operators of one kind. */
[[maybe_unused]] TFLMRegistration copied(const TFLMRegistration &kernel) {
	return kernel;
}
[[maybe_unused]] TFLMRegistration copied(const TFLMRegistration *kernel) {
	return *kernel;
}

#define OPERATOR(code) \
	{ BuiltinOperator_##code, #code, [] { return copied(kernelOf##code()); }, parserOf##code, inputsOf##code },

/* Those of the build: its list, as for micro, or all that TensorFlow Lite Micro has. */
#if microOmits
const Operator known[] = { INFERENCE_OPERATORS };
#else
const Operator known[] = { TFLM_ALL_OPERATORS TFLM_CUSTOM_OPERATORS };
#endif

#undef OPERATOR

#if microOmits
	#define OPERATOR(code) { BuiltinOperator_##code, #code },
const struct {
	BuiltinOperator code;
	const char *name;
} names[] = { TFLM_ALL_OPERATORS TFLM_CUSTOM_OPERATORS };
	#undef OPERATOR
#endif

template <class Entry, size_t count> const Entry *entryOf(const Entry (&list)[count], const OperatorCode *wanted) {
	const BuiltinOperator code = GetBuiltinCode(wanted);

	for (const Entry &candidate : list)
		if (candidate.code == code &&
			(code != BuiltinOperator_CUSTOM ||
				(wanted->custom_code() && !strcmp(wanted->custom_code()->c_str(), candidate.name))))
			return &candidate;
	return nullptr;
}

} // namespace

const Operator *findOperator(const OperatorCode *wanted) {
	return entryOf(known, wanted);
}

const Operator *findBuiltin(int32_t code) {
	for (const Operator &candidate : known)
		if (candidate.code == code && code != BuiltinOperator_CUSTOM)
			return &candidate;
	return nullptr;
}

const char *leftOutName(const OperatorCode *wanted) {
#if microOmits
	const auto *candidate = entryOf(names, wanted);

	if (candidate && !findOperator(wanted))
		return candidate->name;
#else
	(void)wanted;
#endif
	return nullptr;
}

bool wantsCustomOptions(const Operator &known) {
#define named(name) #name,
	static const char *const all[] = { operatorsWithCustomOptions(named) };
#undef named

	for (const char *name : all)
		if (known.code == BuiltinOperator_CUSTOM && !strcmp(known.name, name))
			return true;
	return false;
}

void Operators::add(const Operator &wanted) {
	if (count_ == room_ || (wanted.code == BuiltinOperator_CUSTOM ? FindOp(wanted.name) : FindOp(wanted.code)))
		return;
	TFLMRegistration *kernel = new (&kernels_[count_++]) TFLMRegistration(wanted.kernel());
	kernel->builtin_code = wanted.code;
	kernel->custom_name = wanted.code == BuiltinOperator_CUSTOM ? wanted.name : nullptr;
}

const TFLMRegistration *Operators::FindOp(const char *name) const {
	for (uint32_t i = 0; i < count_; i++)
		if (kernels_[i].custom_name && !strcmp(kernels_[i].custom_name, name))
			return &kernels_[i];
	return nullptr;
}

const TFLMRegistration *Operators::FindOp(tflite::BuiltinOperator code) const {
	for (uint32_t i = 0; i < count_; i++)
		if (kernels_[i].builtin_code == code)
			return &kernels_[i];
	return nullptr;
}

tflite::TfLiteBridgeBuiltinParseFunction Operators::GetOpDataParser(tflite::BuiltinOperator code) const {
	const Operator *found = findBuiltin(code);

	return found ? found->parser : nullptr;
}

} // namespace loam
