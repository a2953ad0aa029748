/**
 * The operators that loam knows, by their names in TensorFlow Lite's BuiltinOperator. Each has a descriptor in its own file; a name
 * without a descriptor, or a descriptor with a missing field, does not compile.
 */
export const builtins = [
  "ADD",
  "AVERAGE_POOL_2D",
  "CONCATENATION",
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "DEQUANTIZE",
  "EXPAND_DIMS",
  "FULLY_CONNECTED",
  "HARD_SWISH",
  "LEAKY_RELU",
  "LOGISTIC",
  "MAXIMUM",
  "MAX_POOL_2D",
  "MEAN",
  "MINIMUM",
  "MUL",
  "PAD",
  "QUANTIZE",
  "RELU",
  "RELU6",
  "RESHAPE",
  "RESIZE_BILINEAR",
  "RESIZE_NEAREST_NEIGHBOR",
  "SOFTMAX",
  "SQUEEZE",
  "STRIDED_SLICE",
  "SUB",
  "TANH",
  "TRANSPOSE",
] as const;
export type Builtin = (typeof builtins)[number];
