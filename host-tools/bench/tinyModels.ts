import {
  builtinCodes,
  optionsOf,
  writeTflite,
  type Builtin,
  type TensorType,
  type TfliteOptions,
  type TfliteTensor,
} from "../tflite/index.js";

interface Tensor {
  shape: number[];
  type?: TensorType;
  /** Default: one scale of 0.05, zero point 3. */
  quantization?: TfliteTensor["quantization"];
  /** Makes it a constant. */
  data?: Uint8Array;
}

const int32 = (...values: number[]): Tensor => ({
  shape: [values.length],
  type: "INT32",
  quantization: undefined,
  data: new Uint8Array(new Int32Array(values).buffer),
});
const scaled = (scale: number, zeroPoint: number) => ({
  scale: [scale],
  zeroPoint: [zeroPoint],
  quantizedDimension: 0,
});
/** Weights with a scale a channel along `axis`. */
function weights(shape: number[], axis: number): Tensor {
  const channels = shape[axis]!;
  const data = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 37 + 11) & 0xff);
  return {
    shape,
    data,
    quantization: {
      scale: Array.from({ length: channels }, (_, c) => 0.01 + c / 1000),
      zeroPoint: Array(channels).fill(0),
      quantizedDimension: axis,
    },
  };
}
const bias = (channels: number): Tensor => ({
  ...int32(...Array.from({ length: channels }, (_, c) => c * 100 - 50)),
  quantization: scaled(0.0005, 0),
});
const window = { padding: 0, strideW: 1, strideH: 1 };

/** An operator alone: its inputs (those with data are constants), its output and its options. */
const alone: Partial<Record<Builtin, [inputs: Tensor[], output: Tensor, options?: Omit<TfliteOptions, "type">][]>> = {
  ADD: [
    [[{ shape: [1, 2, 3] }, { shape: [1, 2, 3], quantization: scaled(0.1, 0) }], { shape: [1, 2, 3] }],
    [[{ shape: [2, 3] }, { shape: [3] }], { shape: [2, 3] }, { fusedActivation: 1 }],
  ],
  SUB: [[[{ shape: [2, 1, 3] }, { shape: [2, 4, 1] }], { shape: [2, 4, 3] }]],
  MUL: [[[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3] }]],
  AVERAGE_POOL_2D: [
    [[{ shape: [1, 5, 4, 3] }], { shape: [1, 3, 2, 3] }, { ...window, strideW: 2, strideH: 2, filterW: 3, filterH: 2 }],
  ],
  MAX_POOL_2D: [
    [
      [{ shape: [1, 5, 4, 3] }],
      { shape: [1, 2, 2, 3] },
      { padding: 1, strideW: 2, strideH: 2, filterW: 2, filterH: 2 },
    ],
  ],
  CONV_2D: [
    [[{ shape: [1, 5, 4, 3] }, weights([5, 3, 3, 3], 0), bias(5)], { shape: [1, 5, 4, 5] }, window],
    [
      [{ shape: [1, 6, 6, 2] }, weights([3, 3, 2, 2], 0)],
      { shape: [1, 2, 4, 3] },
      { padding: 1, strideW: 1, strideH: 1, dilationH: 2, dilationW: 2, fusedActivation: 3 },
    ],
    [[{ shape: [1, 3, 3, 8] }, weights([4, 1, 1, 8], 0), bias(4)], { shape: [1, 3, 3, 4] }, window],
  ],
  DEPTHWISE_CONV_2D: [
    [
      [{ shape: [1, 5, 4, 3] }, weights([1, 3, 3, 3], 3), bias(3)],
      { shape: [1, 5, 4, 3] },
      { ...window, depthMultiplier: 1 },
    ],
    [
      [{ shape: [1, 7, 5, 2] }, weights([1, 2, 3, 4], 3)],
      { shape: [1, 3, 2, 4] },
      { padding: 1, strideW: 2, strideH: 2, depthMultiplier: 2 },
    ],
  ],
  FULLY_CONNECTED: [
    [[{ shape: [2, 9] }, weights([10, 9], 0), bias(10)], { shape: [2, 10] }, {}],
    [
      [{ shape: [1, 3, 3] }, { ...weights([4, 9], 0), quantization: scaled(0.02, 5) }, bias(4)],
      { shape: [1, 4] },
      { fusedActivation: 1 },
    ],
  ],
  MEAN: [[[{ shape: [1, 4, 3, 2] }, int32(1, 2)], { shape: [1, 2] }, {}]],
  SOFTMAX: [[[{ shape: [2, 5] }], { shape: [2, 5], quantization: scaled(1 / 256, -128) }, { beta: 1 }]],
  LOGISTIC: [[[{ shape: [7] }], { shape: [7], quantization: scaled(1 / 256, -128) }]],
  TANH: [[[{ shape: [7] }], { shape: [7], quantization: scaled(1 / 128, 0) }]],
  RELU: [[[{ shape: [7] }], { shape: [7], quantization: scaled(0.03, -128) }]],
  RELU6: [[[{ shape: [7] }], { shape: [7] }]],
  LEAKY_RELU: [[[{ shape: [7] }], { shape: [7] }, { alpha: 0.25 }]],
  HARD_SWISH: [[[{ shape: [7] }], { shape: [7] }]],
  PAD: [[[{ shape: [1, 2, 2, 1] }, { ...int32(0, 0, 1, 1, 0, 2, 0, 0), shape: [4, 2] }], { shape: [1, 4, 4, 1] }, {}]],
  RESHAPE: [[[{ shape: [2, 6] }, int32(3, 4)], { shape: [3, 4] }, { newShape: [3, 4] }]],
  EXPAND_DIMS: [[[{ shape: [2, 3] }, { ...int32(1), shape: [] }], { shape: [2, 1, 3] }, {}]],
  SQUEEZE: [[[{ shape: [2, 1, 3] }], { shape: [2, 3] }, { squeezeDims: [1] }]],
  CONCATENATION: [[[{ shape: [2, 1] }, { shape: [2, 3] }, { shape: [2, 2] }], { shape: [2, 6] }, { axis: 1 }]],
  STRIDED_SLICE: [
    [[{ shape: [3, 4, 2] }, int32(0, 3, 0), int32(3, 0, 2), int32(2, -1, 1)], { shape: [2, 3, 2] }, {}],
    [[{ shape: [3, 4] }, int32(1, 0), int32(2, 4), int32(1, 2)], { shape: [2] }, { shrinkAxisMask: 1 }],
  ],
  TRANSPOSE: [[[{ shape: [2, 3, 4] }, int32(2, 0, 1)], { shape: [4, 2, 3] }, {}]],
  QUANTIZE: [
    [[{ shape: [5], type: "FLOAT32", quantization: undefined }], { shape: [5] }, {}],
    [[{ shape: [5] }], { shape: [5], quantization: scaled(0.1, -7) }, {}],
  ],
  DEQUANTIZE: [[[{ shape: [5] }], { shape: [5], type: "FLOAT32", quantization: undefined }, {}]],
};

export interface TinyModel {
  name: string;
  operator: Builtin;
  model: Uint8Array;
}

/** One model an operator and variant, a few hundred bytes each: what unit tests and fuzzers start from. */
export function tinyModels(): TinyModel[] {
  return Object.entries(alone).flatMap(([name, variants]) =>
    variants.map(([inputs, output, options], variant) => {
      const operator = name as Builtin;
      const buffers: Uint8Array[] = [new Uint8Array(0)];
      const tensors = [...inputs, output].map((tensor, i): TfliteTensor => {
        const quantization = "quantization" in tensor ? tensor.quantization : scaled(0.05, 3);
        return {
          name: `t${i}`,
          shape: tensor.shape,
          type: tensor.type ?? "INT8",
          buffer: tensor.data ? buffers.push(tensor.data) - 1 : 0,
          ...(quantization ? { quantization } : {}),
        };
      });
      const table = optionsOf[operator];
      const model = writeTflite({
        version: 3,
        description: "",
        operatorCodes: [{ builtinCode: builtinCodes[operator], version: 1 }],
        subgraphs: [
          {
            name: "main",
            tensors,
            inputs: inputs.flatMap((tensor, i) => (tensor.data ? [] : [i])),
            outputs: [inputs.length],
            operators: [
              {
                opcodeIndex: 0,
                inputs: inputs.map((_, i) => i),
                outputs: [inputs.length],
                ...(table ? { options: { type: table, ...options } } : {}),
              },
            ],
          },
        ],
        buffers,
        metadata: [],
      });
      return { name: `${operator}-${variant}`, operator, model };
    }),
  );
}
