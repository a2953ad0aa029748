import { sizeOf, type Graph, type GraphNode } from "./graph.js";
import { weightedRule } from "./operators/index.js";
import type { Quantization } from "../tflite/index.js";

export const activationTypes = ["int8", "int16"] as const;
/** Of activations; weights are int8 with both ("16x8"). */
export type ActivationType = (typeof activationTypes)[number];

/** Quantization of an activation: real = scale * (value - zeroPoint). */
export interface Params {
  type: ActivationType;
  scale: number;
  zeroPoint: number;
}

interface Grid {
  min: number;
  max: number;
  /** A bias must fit in its type, int32 or int64, with room for the sum of products; TensorFlow Lite Micro rescales sums of 48 bits at most. */
  biasLimit: number;
}

export const grids: Readonly<Record<ActivationType, Grid>> = {
  int8: { min: -128, max: 127, biasLimit: 2 ** 30 },
  int16: { min: -32768, max: 32767, biasLimit: 2 ** 45 },
};

/** Weights are symmetric: -128 is not used. */
const weightLimit = 127;
/** An all-zero filter gets a scale that leaves this many steps for its bias. */
const biasSteps = 2 ** 20;

/** The parameters that cover [min, max], extended to include 0, which must be exact (padding is 0). int16 has its zero point at 0 and does not use -32768. */
export function paramsOf(min: number, max: number, type: ActivationType = "int8"): Params {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const grid = grids[type];
  if (type === "int16") return { type, scale: Math.fround((Math.max(-low, high) || 1) / grid.max), zeroPoint: 0 };
  const range = high - low;
  const scale = Math.fround((range > 0 ? range : 1) / 255);
  return { type, scale, zeroPoint: Math.max(grid.min, Math.min(grid.max, Math.round(grid.min - low / scale))) };
}

/** The parameters that cover all of the numbers. */
export const paramsOfAll = (data: Float32Array, type: ActivationType = "int8"): Params =>
  paramsOf(
    data.reduce((a, b) => Math.min(a, b), 0),
    data.reduce((a, b) => Math.max(a, b), 0),
    type,
  );

export interface QuantizedConstant {
  data: Int8Array | Int16Array | Int32Array | BigInt64Array;
  quantization: Quantization;
}

/** A number as an integer, one outside the range clipped. */
export function quantizeValue(value: number, { type, scale, zeroPoint }: Params): number {
  const { min, max } = grids[type];
  return Math.max(min, Math.min(max, Math.round(value / scale) + zeroPoint));
}

/** Numbers as integers, those outside the range clipped. */
export function quantizeValues(data: Float32Array, params: Params): QuantizedConstant {
  const integer = (value: number): number => quantizeValue(value, params);
  return {
    data: params.type === "int16" ? Int16Array.from(data, integer) : Int8Array.from(data, integer),
    quantization: { scale: [params.scale], zeroPoint: [params.zeroPoint], quantizedDimension: 0 },
  };
}

/** The real numbers between which nothing is clipped. */
export function limitsOf({ type, scale, zeroPoint }: Params): [low: number, high: number] {
  const { min, max } = grids[type];
  return [(min - zeroPoint) * scale, (max - zeroPoint) * scale];
}

/** Runs of numbers of one channel, one after the other: where each begins and ends, and its channel. */
export function eachRun(
  length: number,
  run: number,
  channels: number,
  each: (from: number, to: number, channel: number) => void,
): void {
  for (let from = 0, channel = 0; from < length; from += run, channel = (channel + 1) % channels)
    each(from, from + run, channel);
}

/** By the weights themselves, which are never changed in place: trials ask for those of millions again and again. */
const magnitudes = new WeakMap<object, { axis: number; largest: Float64Array }>();

/** The largest magnitude of each output channel's weights. */
function largestWeights(graph: Graph, node: GraphNode): Float64Array {
  const { shape, data: given } = graph.tensors[node.inputs[1]!]!;
  const data = given!;
  const { channelAxis: axis } = weightedRule(node.op)!;
  const known = magnitudes.get(data);
  if (known?.axis === axis) return known.largest;
  const largest = new Float64Array(shape[axis]!);
  eachRun(data.length, sizeOf(shape.slice(axis + 1)), largest.length, (from, to, channel) => {
    let most = largest[channel]!;
    for (let i = from; i < to; i++) most = Math.max(most, Math.abs(data[i]!));
    largest[channel] = most;
  });
  magnitudes.set(data, { axis, largest });
  return largest;
}

/** Scale of each output channel's weights. @param input keeps the bias inside its bits; leave it out when it is not yet known. */
function weightScales(graph: Graph, node: GraphNode, input?: Params): number[] {
  const bias = graph.tensors[node.inputs[2]!]!.data!;
  const { perTensor } = weightedRule(node.op)!;
  const ofChannels = largestWeights(graph, node);
  const largest = perTensor ? ofChannels.map((_, __, all) => all.reduce((a, b) => Math.max(a, b), 0)) : ofChannels;
  const scales = Array.from(largest, (limit, channel) => {
    if (input === undefined) return (limit || 1) / weightLimit;
    const forBias = Math.abs(bias[channel]!) / (input.scale * (limit > 0 ? grids[input.type].biasLimit : biasSteps));
    return Math.max(limit / weightLimit, forBias) || 1 / weightLimit;
  });
  const chosen = perTensor ? scales.map(() => Math.max(...scales)) : scales;
  return chosen.map(Math.fround);
}

function integersOf(graph: Graph, node: GraphNode, scales: readonly number[]): Int8Array {
  const { shape, data: given } = graph.tensors[node.inputs[1]!]!;
  const data = given!;
  const integers = new Int8Array(data.length);
  const run = sizeOf(shape.slice(weightedRule(node.op)!.channelAxis + 1));
  eachRun(data.length, run, scales.length, (from, to, channel) => {
    const scale = scales[channel]!;
    for (let i = from; i < to; i++)
      integers[i] = Math.max(-weightLimit, Math.min(weightLimit, Math.round(data[i]! / scale)));
  });
  return integers;
}

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

/**
 * Weights and bias of a node as integers: int8 and int32, or int64 where activations are int16. Bias scale = input scale x weight scale.
 * @param known the same weights with another bias or input, which are taken as they are where their scales are right
 */
export function quantizeWeights(
  graph: Graph,
  node: GraphNode,
  input: Params,
  known?: QuantizedConstant,
): { weights: QuantizedConstant; bias: QuantizedConstant } {
  const scales = weightScales(graph, node, input);
  const biasScales = scales.map((scale) => Math.fround(scale * input.scale));
  const steps = Array.from(graph.tensors[node.inputs[2]!]!.data!, (value, i) => Math.round(value / biasScales[i]!));
  const biases = input.type === "int16" ? BigInt64Array.from(steps, BigInt) : Int32Array.from(steps);
  const quantization = quantizationOf(node, scales, weightedRule(node.op)!.channelAxis);
  const isKnown = known && String(quantization.scale) === String(known.quantization.scale);
  return {
    weights: isKnown ? known : { data: integersOf(graph, node, scales), quantization },
    bias: { data: biases, quantization: quantizationOf(node, biasScales, 0) },
  };
}
