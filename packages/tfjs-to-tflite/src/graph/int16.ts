/** An int8 network with activations of int16 (16x8): what tests and the fuzzer know of int8 they have in int16, too. */
import type { Quantization, TfliteModel, TfliteTensor } from "../tflite/index.js";
import { operators } from "./operators/index.js";

/** Inputs that stay of int8, as a rule with zero point 0, and biases, which get finer. */
interface Weights {
  weights: readonly number[];
  /** Their zero point is no other one. */
  keepsZeroPoint?: true;
  biases: readonly number[];
  /** Its sums may have 32 bits, with biases of int32. */
  isNarrow?: true;
}

const layer: Weights = { weights: [1], biases: [2], isNarrow: true };
/** By the operators' numbers in the schema. */
const weightsOf: ReadonlyMap<number, Weights> = new Map([
  [operators.CONV_2D.code, layer],
  [operators.FULLY_CONNECTED.code, layer],
  [operators.DEPTHWISE_CONV_2D.code, { weights: [1], biases: [2] }],
  [operators.TRANSPOSE_CONV.code, { weights: [1], biases: [3] }],
  [operators.PRELU.code, { weights: [1], biases: [], keepsZeroPoint: true }],
  [operators.UNIDIRECTIONAL_SEQUENCE_LSTM.code, { weights: [1, 2, 3, 4, 5, 6, 7, 8], biases: [12, 13, 14, 15] }],
]);

/** The same range in 256 times as many steps, around 0; what the format fixes for int8 it fixes otherwise for int16. */
function finer({ scale, zeroPoint, quantizedDimension }: Quantization): Quantization {
  const isFixed = (scale[0] === 1 / 256 && zeroPoint[0] === -128) || (scale[0] === 1 / 128 && zeroPoint[0] === 0);
  return {
    scale: scale.map((each) => (isFixed ? 1 / 32768 : Math.fround(each / 256))),
    zeroPoint: scale.map(() => 0),
    quantizedDimension,
  };
}

const clamp16 = (value: number): number => Math.max(-32768, Math.min(32767, value));

/** An operand's numbers, the new lower bits made of the old ones. */
const widened = (data: Uint8Array, zeroPoint: number): Uint8Array =>
  new Uint8Array(
    Int16Array.from(Int8Array.from(data), (value) => clamp16((value - zeroPoint) * 256 + ((value * 37) & 0xff))).buffer,
  );

/** A bias's numbers, whose steps are 256 times as fine as well. */
function widenedBias(data: Uint8Array, type: "INT32" | "INT64"): Uint8Array {
  const values = Array.from(new Int32Array(data.slice().buffer), (value) => value * 256);
  return new Uint8Array(type === "INT32" ? Int32Array.from(values).buffer : BigInt64Array.from(values, BigInt).buffer);
}

/**
 * @param model of one subgraph, int8 throughout
 * @param biasOfInt32 whether the layer of that number has a bias of int32, and with it sums of 32 bits, if it is a CONV_2D or FULLY_CONNECTED
 */
export function toInt16(model: TfliteModel, biasOfInt32: (operator: number) => boolean = () => false): TfliteModel {
  const [graph] = model.subgraphs;
  if (!graph) throw new Error("a model without a subgraph");
  const buffers = [...model.buffers];
  const weights = new Map<number, Weights>();
  const biases = new Map<number, "INT32" | "INT64">();
  for (const [index, { opcodeIndex, inputs }] of graph.operators.entries()) {
    const { builtinCode } = model.operatorCodes[opcodeIndex]!;
    const rule = weightsOf.get(builtinCode);
    if (!rule) continue;
    for (const at of rule.weights) weights.set(inputs[at]!, rule);
    const type = rule.isNarrow && biasOfInt32(index) ? "INT32" : "INT64";
    for (const at of rule.biases) if (inputs[at] !== undefined) biases.set(inputs[at], type);
  }
  const rebuilt = (tensor: TfliteTensor, make: (data: Uint8Array) => Uint8Array): number =>
    tensor.buffer === 0 ? 0 : buffers.push(make(model.buffers[tensor.buffer]!)) - 1;
  const tensors = graph.tensors.map((tensor, index): TfliteTensor => {
    const quantization = tensor.quantization && finer(tensor.quantization);
    const bias = biases.get(index);
    if (bias)
      return {
        ...tensor,
        type: bias,
        buffer: rebuilt(tensor, (data) => widenedBias(data, bias)),
        ...(quantization && { quantization }),
      };
    if (tensor.type !== "INT8" || !quantization) return tensor;
    if (weights.get(index)?.keepsZeroPoint) return tensor;
    if (weights.has(index)) {
      const { scale, quantizedDimension } = tensor.quantization!;
      return { ...tensor, quantization: { scale, zeroPoint: scale.map(() => 0), quantizedDimension } };
    }
    const zero = tensor.quantization!.zeroPoint[0]!;
    return { ...tensor, type: "INT16", quantization, buffer: rebuilt(tensor, (data) => widened(data, zero)) };
  });
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }] };
}

/** Whether a model has numbers of int8, and all of its operators have them of int16, too. */
export const canBeInt16 = ({ operatorCodes, subgraphs }: TfliteModel): boolean =>
  subgraphs.some(({ tensors }) => tensors.some(({ type }) => type === "INT8")) &&
  operatorCodes.every(({ builtinCode }) =>
    Object.values(operators).some(
      ({ code, engine }) => code === builtinCode && typeof engine === "object" && engine.types.includes("int16"),
    ),
  );
