/**
 * The operators that loam knows, as TensorFlow Lite's BuiltinOperator names them. Each has a descriptor in a file of its own; a name
 * without one, or one with a fact missing, does not compile.
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
