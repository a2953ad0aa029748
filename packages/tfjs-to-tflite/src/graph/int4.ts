/** An int8 network with weights of int4: what tests and the fuzzer know of int8 they have in int4, too. */
import type { TfliteModel, TfliteTensor } from "../tflite/index.js";
import { operators } from "./operators/index.js";

const layers = [operators.CONV_2D, operators.DEPTHWISE_CONV_2D, operators.FULLY_CONNECTED].map(({ code }) => code);

/** The upper halves of int8, two in a byte, the first in its lower half. */
function packed(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(data.length / 2));
  for (const [i, value] of data.entries()) bytes[i >> 1]! |= (value >> 4) << (i & 1 ? 4 : 0);
  return bytes;
}

/** FULLY_CONNECTED has one scale for all weights of int4, with zero point 0. @param factor of the scales */
function coarser({ quantization, ...tensor }: TfliteTensor, factor: number, one: boolean): TfliteTensor {
  if (!quantization) return tensor;
  const scale = (one ? quantization.scale.slice(0, 1) : quantization.scale).map((each) => Math.fround(each * factor));
  return { ...tensor, quantization: { ...quantization, scale, zeroPoint: scale.map(() => 0) } };
}

/** @param model of one subgraph, int8 throughout */
export function toInt4(model: TfliteModel): TfliteModel {
  const [graph] = model.subgraphs;
  if (!graph) throw new Error("a model without a subgraph");
  const [buffers, tensors] = [[...model.buffers], [...graph.tensors]];
  for (const { opcodeIndex, inputs } of graph.operators) {
    const { builtinCode } = model.operatorCodes[opcodeIndex]!;
    const [, weights, bias] = inputs as [number, number, number?];
    const old = graph.tensors[weights];
    if (!layers.includes(builtinCode) || old?.type !== "INT8") continue;
    const one = builtinCode === operators.FULLY_CONNECTED.code;
    const buffer = buffers.push(packed(model.buffers[old.buffer]!)) - 1;
    tensors[weights] = { ...coarser(old, 16, one), type: "INT4", buffer };
    if (bias !== undefined) tensors[bias] = coarser(graph.tensors[bias]!, 16, one);
  }
  return { ...model, buffers, subgraphs: [{ ...graph, tensors }] };
}

/** Whether a model has weights that may be of int4. */
export const canBeInt4 = ({ operatorCodes }: TfliteModel): boolean =>
  operatorCodes.some(({ builtinCode }) => layers.includes(builtinCode));
