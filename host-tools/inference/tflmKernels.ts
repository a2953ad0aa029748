/**
 * What TensorFlow Lite Micro's reference kernels take from the arena on a 32-bit chip: facts read off its sources, sizes as the RV32 (ilp32)
 * ABI lays its structures out. Espressif's ESP-NN kernels may ask for scratch buffers on top of it.
 */
import type { TfliteOperator, TfliteTensor } from "../tflite/index.js";

/** One thing that a kernel takes while it is prepared, in order. A temp lives until the operator is prepared. */
export type Take = { temp: number } | { persistent: number } | { scratch: number };

export interface TflmKernel {
  /** Size and alignment of the options' structure, when the operator has one. */
  options?: readonly [bytes: number, alignment: number];
  /** Bytes of the kernel's own structure; none when it is left out. */
  data?: number;
  prepare(operator: TfliteOperator, tensors: readonly TfliteTensor[]): Take[];
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The temporary TfLiteTensors of inputs and outputs, in the order the kernel asks for them; optional inputs that are left out cost nothing. */
const temps = (...indices: (number | undefined)[]): Take[] =>
  indices.filter((index) => index !== undefined && index >= 0).map((index) => ({ temp: index! }));

const inputsThenOutput = ({ inputs, outputs }: TfliteOperator): Take[] => temps(...inputs, outputs[0]);
const inputAndOutput = ({ inputs, outputs }: TfliteOperator): Take[] => temps(inputs[0], outputs[0]);

/** Multipliers and shifts of every channel, 4 bytes each. */
const channels = (count: number): Take[] => [{ persistent: 4 * count }, { persistent: 4 * count }];

const convolution = (channelDimension: number): TflmKernel => ({
  options: [28, 4],
  data: 56,
  prepare({ inputs, outputs }, tensors) {
    const [input, filter, bias] = inputs;
    const output = outputs[0];
    return [
      ...temps(output, input, filter),
      ...channels(tensors[filter!]?.shape[channelDimension] ?? 0),
      ...temps(input, filter, bias, output),
    ];
  },
});

const pool: TflmKernel = { options: [40, 4], data: 32, prepare: inputAndOutput };

const fullyConnected: TflmKernel = {
  options: [16, 4],
  data: 48,
  prepare({ inputs: [input, filter, bias], outputs }, tensors) {
    const scales = tensors[filter!]?.quantization?.scale.length ?? 0;
    return [...temps(input, filter, bias, outputs[0]), ...(scales > 1 ? channels(scales) : [])];
  },
};

const mean: TflmKernel = {
  options: [1, 1],
  data: 44,
  prepare({ inputs: [input, axis], outputs: [output] }, tensors) {
    const shape = (tensor: number | undefined) => tensors[tensor ?? -1]?.shape ?? [];
    const int8 = tensors[input ?? -1]?.type === "INT8";
    const scratch = [
      ...(int8 ? [4 * elements(shape(output))] : []),
      4 * shape(input).length,
      4 * elements(shape(axis)),
    ];
    return [
      ...temps(input, output, axis),
      ...scratch.map((bytes) => ({ scratch: bytes })),
      ...temps(input, axis, int8 ? output : undefined),
    ];
  },
};

export const tflmKernels: Readonly<Record<string, TflmKernel>> = {
  ADD: { options: [8, 4], data: 60, prepare: inputsThenOutput },
  AVERAGE_POOL_2D: pool,
  CONCATENATION: {
    options: [8, 4],
    data: 24,
    prepare: ({ inputs, outputs }) => temps(inputs[0], outputs[0], ...inputs),
  },
  CONV_2D: convolution(0),
  DEPTHWISE_CONV_2D: convolution(3),
  DEQUANTIZE: { data: 32, prepare: inputAndOutput },
  EXPAND_DIMS: { prepare: inputsThenOutput },
  FULLY_CONNECTED: fullyConnected,
  HARD_SWISH: { data: 20, prepare: inputAndOutput },
  LEAKY_RELU: { options: [4, 4], data: 24, prepare: inputAndOutput },
  LOGISTIC: { data: 16, prepare: inputAndOutput },
  MAX_POOL_2D: pool,
  MEAN: mean,
  MUL: { options: [4, 4], data: 36, prepare: inputsThenOutput },
  PAD: { data: 56, prepare: inputsThenOutput },
  QUANTIZE: { data: 32, prepare: inputAndOutput },
  RELU: { data: 28, prepare: inputAndOutput },
  RELU6: { data: 8, prepare: ({ inputs }) => temps(inputs[0]) },
  RESHAPE: { options: [36, 4], prepare: inputAndOutput },
  SOFTMAX: { options: [4, 4], data: 56, prepare: inputAndOutput },
  SQUEEZE: { options: [36, 4], prepare: inputAndOutput },
  STRIDED_SLICE: { options: [24, 4], data: 84, prepare: inputsThenOutput },
  SUB: { options: [8, 4], data: 52, prepare: inputsThenOutput },
  TANH: { data: 16, prepare: ({ inputs, outputs }) => temps(inputs[0], inputs[0], outputs[0]) },
  TRANSPOSE: { prepare: inputsThenOutput },
};
