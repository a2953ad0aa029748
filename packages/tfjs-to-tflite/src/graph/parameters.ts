import { sizeOf, type Graph, type GraphNode } from "./graph.js";
import { weightedRule } from "./operators/index.js";
import type { Quantization } from "../tflite/index.js";

/** int8 quantization of an activation: real = scale * (value - zeroPoint). */
export interface Params {
  scale: number;
  zeroPoint: number;
}

export const int8 = { min: -128, max: 127 } as const;
/** Weights are symmetric: -128 is not used. */
const weightLimit = 127;
/** A bias must fit in an int32, with room for the sum of products. */
const biasLimit = 2 ** 30;
/** An all-zero filter gets a scale that leaves this many steps for its bias. */
const biasSteps = 2 ** 20;

/** The int8 parameters that cover [min, max], extended to include 0, which must be exact (padding is 0). */
export function paramsOf(min: number, max: number): Params {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const range = high - low;
  const scale = Math.fround((range > 0 ? range : 1) / 255);
  return { scale, zeroPoint: Math.max(int8.min, Math.min(int8.max, Math.round(int8.min - low / scale))) };
}

/** The int8 parameters that cover all of the numbers. */
export const paramsOfAll = (data: Float32Array): Params =>
  paramsOf(
    data.reduce((a, b) => Math.min(a, b), 0),
    data.reduce((a, b) => Math.max(a, b), 0),
  );

export interface QuantizedConstant {
  data: Int8Array | Int32Array;
  quantization: Quantization;
}

/** Numbers as int8, those outside the range clipped. */
export const quantizeValues = (data: Float32Array, { scale, zeroPoint }: Params): QuantizedConstant => ({
  data: Int8Array.from(data, (value) => Math.max(int8.min, Math.min(int8.max, Math.round(value / scale) + zeroPoint))),
  quantization: { scale: [scale], zeroPoint: [zeroPoint], quantizedDimension: 0 },
});

/** Scale of each output channel's weights. @param inputScale keeps the bias inside 31 bits; leave it out when it is not yet known. */
function weightScales(graph: Graph, node: GraphNode, inputScale?: number): number[] {
  const weights = graph.tensors[node.inputs[1]!]!;
  const bias = graph.tensors[node.inputs[2]!]!.data!;
  const { channelAxis: axis, perTensor } = weightedRule(node.op)!;
  const run = sizeOf(weights.shape.slice(axis + 1));
  const largest = new Float64Array(weights.shape[axis]!);
  weights.data!.forEach((value, i) => {
    const channel = Math.floor(i / run) % largest.length;
    largest[channel] = Math.max(largest[channel]!, Math.abs(value));
  });
  if (perTensor) largest.fill(largest.reduce((a, b) => Math.max(a, b), 0));
  const scales = Array.from(largest, (limit, channel) => {
    if (inputScale === undefined) return (limit || 1) / weightLimit;
    const forBias = Math.abs(bias[channel]!) / (inputScale * (limit > 0 ? biasLimit : biasSteps));
    return Math.max(limit / weightLimit, forBias) || 1 / weightLimit;
  });
  const chosen = perTensor ? scales.map(() => Math.max(...scales)) : scales;
  return chosen.map(Math.fround);
}

const integersOf = (graph: Graph, node: GraphNode, scales: readonly number[]): Int8Array => {
  const { shape, data } = graph.tensors[node.inputs[1]!]!;
  const run = sizeOf(shape.slice(weightedRule(node.op)!.channelAxis + 1));
  return Int8Array.from(data!, (value, i) =>
    Math.max(-weightLimit, Math.min(weightLimit, Math.round(value / scales[Math.floor(i / run) % scales.length]!))),
  );
};

/** One scale where the operator takes no more. */
function quantizationOf(node: GraphNode, scale: readonly number[], axis: number): Quantization {
  const { perTensor } = weightedRule(node.op)!;
  const used = perTensor ? scale.slice(0, 1) : [...scale];
  return { scale: used, zeroPoint: used.map(() => 0), quantizedDimension: perTensor ? 0 : axis };
}

/** Weights of a node as integers, for activations and a bias that stay float. */
export function quantizeWeightsAlone(graph: Graph, node: GraphNode): QuantizedConstant {
  const scales = weightScales(graph, node);
  const quantization = quantizationOf(node, scales, weightedRule(node.op)!.channelAxis);
  return { data: integersOf(graph, node, scales), quantization };
}

/** Weights and bias of a node as integers. Bias scale = input scale x weight scale. */
export function quantizeWeights(
  graph: Graph,
  node: GraphNode,
  inputScale: number,
): { weights: QuantizedConstant; bias: QuantizedConstant } {
  const scales = weightScales(graph, node, inputScale);
  const biasScales = scales.map((scale) => Math.fround(scale * inputScale));
  const biases = Int32Array.from(graph.tensors[node.inputs[2]!]!.data!, (value, i) =>
    Math.round(value / biasScales[i]!),
  );
  const axis = weightedRule(node.op)!.channelAxis;
  return {
    weights: { data: integersOf(graph, node, scales), quantization: quantizationOf(node, scales, axis) },
    bias: { data: biases, quantization: quantizationOf(node, biasScales, 0) },
  };
}
