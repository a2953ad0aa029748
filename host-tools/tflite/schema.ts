/** The parts of the TensorFlow Lite schema (version 3) that loam reads and writes, as tables: field numbers, kinds and defaults. */

export const tensorTypes = {
  FLOAT32: 0,
  FLOAT16: 1,
  INT32: 2,
  UINT8: 3,
  INT64: 4,
  STRING: 5,
  BOOL: 6,
  INT16: 7,
  COMPLEX64: 8,
  INT8: 9,
  FLOAT64: 10,
  UINT64: 12,
  UINT32: 15,
  UINT16: 16,
  INT4: 17,
} as const;
export type TensorType = keyof typeof tensorTypes;

/** Bytes an element; types that loam cannot hold are missing. */
export const elementBytes: Partial<Record<TensorType, number>> = {
  FLOAT32: 4,
  FLOAT16: 2,
  INT32: 4,
  UINT8: 1,
  INT64: 8,
  BOOL: 1,
  INT16: 2,
  INT8: 1,
  FLOAT64: 8,
  UINT32: 4,
  UINT16: 2,
};

export const builtinCodes = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEQUANTIZE: 6,
  FULLY_CONNECTED: 9,
  LOGISTIC: 14,
  MAX_POOL_2D: 17,
  MUL: 18,
  RELU: 19,
  RELU6: 21,
  RESHAPE: 22,
  RESIZE_BILINEAR: 23,
  SOFTMAX: 25,
  TANH: 28,
  PAD: 34,
  TRANSPOSE: 39,
  MEAN: 40,
  SUB: 41,
  SQUEEZE: 43,
  STRIDED_SLICE: 45,
  EXPAND_DIMS: 70,
  RESIZE_NEAREST_NEIGHBOR: 97,
  LEAKY_RELU: 98,
  QUANTIZE: 114,
  HARD_SWISH: 117,
} as const;
export type Builtin = keyof typeof builtinCodes;

export const paddings = { SAME: 0, VALID: 1 } as const;
export const activations = { NONE: 0, RELU: 1, RELU_N1_TO_1: 2, RELU6: 3, TANH: 4, SIGN_BIT: 5 } as const;

export type ScalarKind = "int8" | "bool" | "int32" | "float32";
export type OptionField = readonly [name: string, kind: ScalarKind | "int32s", byDefault: number];

/** Options by their number in the schema's union BuiltinOptions; fields in the schema's order. */
const activation = ["fusedActivation", "int8", 0] as const;
const window = [
  ["padding", "int8", 0],
  ["strideW", "int32", 0],
  ["strideH", "int32", 0],
] as const;
const dilation = [
  ["dilationW", "int32", 1],
  ["dilationH", "int32", 1],
] as const;
export const optionTables: Readonly<Record<string, { union: number; fields: readonly OptionField[] }>> = {
  Conv2D: { union: 1, fields: [...window, activation, ...dilation, ["quantizedBiasType", "int8", 0]] },
  DepthwiseConv2D: { union: 2, fields: [...window, ["depthMultiplier", "int32", 0], activation, ...dilation] },
  Pool2D: { union: 5, fields: [...window, ["filterW", "int32", 0], ["filterH", "int32", 0], activation] },
  FullyConnected: {
    union: 8,
    fields: [
      activation,
      ["weightsFormat", "int8", 0],
      ["keepNumDims", "bool", 0],
      ["asymmetricQuantizeInputs", "bool", 0],
      ["quantizedBiasType", "int8", 0],
    ],
  },
  Softmax: { union: 9, fields: [["beta", "float32", 0]] },
  Concatenation: { union: 10, fields: [["axis", "int32", 0], activation] },
  Add: { union: 11, fields: [activation, ["potScaleInt16", "bool", 1]] },
  ResizeBilinear: {
    union: 15,
    fields: [
      ["newHeight", "int32", 0],
      ["newWidth", "int32", 0],
      ["alignCorners", "bool", 0],
      ["halfPixelCenters", "bool", 0],
    ],
  },
  Reshape: { union: 17, fields: [["newShape", "int32s", 0]] },
  Mul: { union: 21, fields: [activation] },
  Pad: { union: 22, fields: [] },
  Transpose: { union: 26, fields: [] },
  Reducer: { union: 27, fields: [["keepDims", "bool", 0]] },
  Sub: { union: 28, fields: [activation, ["potScaleInt16", "bool", 1]] },
  Squeeze: { union: 30, fields: [["squeezeDims", "int32s", 0]] },
  StridedSlice: {
    union: 32,
    fields: [
      ["beginMask", "int32", 0],
      ["endMask", "int32", 0],
      ["ellipsisMask", "int32", 0],
      ["newAxisMask", "int32", 0],
      ["shrinkAxisMask", "int32", 0],
      ["offset", "bool", 0],
    ],
  },
  Dequantize: { union: 38, fields: [] },
  ExpandDims: { union: 52, fields: [] },
  ResizeNearestNeighbor: {
    union: 74,
    fields: [
      ["alignCorners", "bool", 0],
      ["halfPixelCenters", "bool", 0],
    ],
  },
  LeakyRelu: { union: 75, fields: [["alpha", "float32", 0]] },
  Quantize: { union: 89, fields: [] },
  HardSwish: { union: 91, fields: [] },
};

/** The name in optionTables of a builtin operator's options; operators that have none are missing. */
export const optionsOf: Readonly<Partial<Record<Builtin, string>>> = {
  ADD: "Add",
  AVERAGE_POOL_2D: "Pool2D",
  CONCATENATION: "Concatenation",
  CONV_2D: "Conv2D",
  DEPTHWISE_CONV_2D: "DepthwiseConv2D",
  DEQUANTIZE: "Dequantize",
  FULLY_CONNECTED: "FullyConnected",
  MAX_POOL_2D: "Pool2D",
  MUL: "Mul",
  RESHAPE: "Reshape",
  RESIZE_BILINEAR: "ResizeBilinear",
  SOFTMAX: "Softmax",
  PAD: "Pad",
  TRANSPOSE: "Transpose",
  MEAN: "Reducer",
  SUB: "Sub",
  SQUEEZE: "Squeeze",
  STRIDED_SLICE: "StridedSlice",
  EXPAND_DIMS: "ExpandDims",
  RESIZE_NEAREST_NEIGHBOR: "ResizeNearestNeighbor",
  LEAKY_RELU: "LeakyRelu",
  QUANTIZE: "Quantize",
  HARD_SWISH: "HardSwish",
};
