#include "tflmConfig.h"
#include "tflmOperators.h"

#include <new>

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace loam {

namespace {

using namespace tflite;

#define OPERATOR(code, parser) {BuiltinOperator_##code, #code, [] { return TFLMRegistration(Register_##code()); }, Parse##parser}

const Operator known[] = {
    OPERATOR(ADD, Add),
    OPERATOR(AVERAGE_POOL_2D, Pool),
    OPERATOR(CONCATENATION, Concatenation),
    OPERATOR(CONV_2D, Conv2D),
    OPERATOR(DEPTHWISE_CONV_2D, DepthwiseConv2D),
    OPERATOR(DEQUANTIZE, Dequantize),
    OPERATOR(EXPAND_DIMS, ExpandDims),
    OPERATOR(FULLY_CONNECTED, FullyConnected),
    OPERATOR(HARD_SWISH, HardSwish),
    OPERATOR(LEAKY_RELU, LeakyRelu),
    OPERATOR(LOGISTIC, Logistic),
    OPERATOR(MAX_POOL_2D, Pool),
    OPERATOR(MEAN, Reducer),
    OPERATOR(MUL, Mul),
    OPERATOR(PAD, Pad),
    OPERATOR(QUANTIZE, Quantize),
    OPERATOR(RELU, Relu),
    OPERATOR(RELU6, Relu6),
    OPERATOR(RESHAPE, Reshape),
    OPERATOR(SOFTMAX, Softmax),
    OPERATOR(SQUEEZE, Squeeze),
    OPERATOR(STRIDED_SLICE, StridedSlice),
    OPERATOR(SUB, Sub),
    OPERATOR(TANH, Tanh),
    OPERATOR(TRANSPOSE, Transpose),
};

#undef OPERATOR

}  // namespace

const Operator* findOperator(int32_t builtinCode) {
  for (const Operator& candidate : known)
    if (candidate.code == builtinCode) return &candidate;
  return nullptr;
}

void Operators::add(const Operator& wanted) {
  if (count_ == room_ || FindOp(wanted.code)) return;
  TFLMRegistration* kernel = new (&kernels_[count_++]) TFLMRegistration(wanted.kernel());
  kernel->builtin_code = wanted.code;
}

const TFLMRegistration* Operators::FindOp(tflite::BuiltinOperator code) const {
  for (uint32_t i = 0; i < count_; i++)
    if (kernels_[i].builtin_code == code) return &kernels_[i];
  return nullptr;
}

tflite::TfLiteBridgeBuiltinParseFunction Operators::GetOpDataParser(tflite::BuiltinOperator code) const {
  const Operator* found = findOperator(code);

  return found ? found->parser : nullptr;
}

}  // namespace loam
