#pragma once

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/schema/schema_generated.h"

struct TfLiteNode;

struct TFLMRegistration {
	TfLiteStatus (*invoke)(TfLiteContext *context, TfLiteNode *node);
	int32_t builtin_code;
	const char *custom_name;
};

namespace tflite {

class ErrorReporter;
class BuiltinDataAllocator;

using TfLiteBridgeBuiltinParseFunction = TfLiteStatus (*)(
	const Operator *node, ErrorReporter *reporter, BuiltinDataAllocator *allocator, void **data);

class MicroOpResolver {
public:
	virtual const TFLMRegistration *FindOp(BuiltinOperator code) const = 0;
	virtual const TFLMRegistration *FindOp(const char *name) const = 0;
	virtual TfLiteBridgeBuiltinParseFunction GetOpDataParser(BuiltinOperator code) const = 0;
	virtual ~MicroOpResolver() {
	}
};

} // namespace tflite
