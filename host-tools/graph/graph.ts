import type { Builtin, TfliteOptions } from "../tflite/index.js";

/**
 * A network between tfjs and .tflite: TensorFlow Lite's operators, shapes and weight layouts, all numbers still float32.
 * Shapes have a batch of 1. Numbers of tensors are positions in `tensors`.
 */
export interface Graph {
  name: string;
  tensors: GraphTensor[];
  nodes: GraphNode[];
  inputs: number[];
  outputs: number[];
}

export interface GraphTensor {
  name: string;
  shape: number[];
  /** A constant: weights and biases as float32, shapes and axes as int32. */
  data?: Float32Array | Int32Array;
}

export interface GraphNode {
  op: Builtin;
  /** As in the .tflite: data first, then weights, then bias. */
  inputs: number[];
  /** Every operator that loam writes has one output. */
  output: number;
  options: Omit<TfliteOptions, "type">;
  /** The tfjs layer this came from. */
  layer: string;
}

/** Operators with weights in input 1 and a bias in input 2, and the axis of the weights that counts output channels. */
export const weightedOperators: Partial<Record<Builtin, { channelAxis: number }>> = {
  CONV_2D: { channelAxis: 0 },
  DEPTHWISE_CONV_2D: { channelAxis: 3 },
  FULLY_CONNECTED: { channelAxis: 0 },
};

/** Operators whose output must have the quantization of their data inputs (a RELU6 of its own: TFLM only clamps there). */
export const sameQuantization: ReadonlySet<Builtin> = new Set<Builtin>([
  "RELU6",
  "MAX_POOL_2D",
  "AVERAGE_POOL_2D",
  "PAD",
  "RESHAPE",
  "CONCATENATION",
  "TRANSPOSE",
  "STRIDED_SLICE",
  "RESIZE_NEAREST_NEIGHBOR",
]);

/** Outputs whose quantization the format fixes: real range [0, 1) or [-1, 1). */
export const fixedQuantization: Partial<Record<Builtin, { scale: number; zeroPoint: number }>> = {
  SOFTMAX: { scale: 1 / 256, zeroPoint: -128 },
  LOGISTIC: { scale: 1 / 256, zeroPoint: -128 },
  TANH: { scale: 1 / 128, zeroPoint: 0 },
};

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
export const lastOf = (shape: readonly number[]): number => shape[shape.length - 1]!;

/** The tensors an operator computes with: inputs that are no constants. */
export const dataInputs = (graph: Graph, node: GraphNode): number[] =>
  node.inputs.filter((input) => graph.tensors[input]?.data === undefined);

/** Nodes that read each tensor. */
export function consumers(graph: Graph): Map<number, GraphNode[]> {
  const map = new Map<number, GraphNode[]>();
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) map.set(input, [...(map.get(input) ?? []), node]);
  return map;
}

/** Drops the tensors that no node, input or output names, and numbers the rest anew. */
export function compact(graph: Graph): Graph {
  const used = new Set([
    ...graph.inputs,
    ...graph.outputs,
    ...graph.nodes.flatMap((node) => [...node.inputs, node.output]),
  ]);
  const kept = [...used].sort((a, b) => a - b);
  const number = new Map(kept.map((old, now) => [old, now]));
  const renumber = (old: number): number => number.get(old)!;
  return {
    name: graph.name,
    tensors: kept.map((old) => graph.tensors[old]!),
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(renumber), output: renumber(node.output) })),
    inputs: graph.inputs.map(renumber),
    outputs: graph.outputs.map(renumber),
  };
}

/** Multiply-accumulates of a node. */
export function macs(graph: Graph, node: GraphNode): number {
  const output = sizeOf(graph.tensors[node.output]!.shape);
  const weights = graph.tensors[node.inputs[1]!]?.shape ?? [];
  if (node.op === "CONV_2D") return output * weights[1]! * weights[2]! * weights[3]!;
  if (node.op === "DEPTHWISE_CONV_2D") return output * weights[1]! * weights[2]!;
  return node.op === "FULLY_CONNECTED" ? output * weights[1]! : 0;
}
