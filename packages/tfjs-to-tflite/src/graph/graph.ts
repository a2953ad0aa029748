import { operators } from "./operators/index.js";
import type { Graph, GraphNode } from "./types.js";

export type { Graph, GraphNode, GraphTensor } from "./types.js";
export { lastOf, sizeOf } from "./shape.js";

/** Whether a tensor holds real numbers that integers stand for in a quantized graph. */
export const isReal = ({ tensors }: Graph, tensor: number): boolean => tensors[tensor]!.type === undefined;

/** An operator's non-constant inputs of such real numbers. */
export const dataInputs = (graph: Graph, node: GraphNode): number[] =>
  node.inputs.filter((input) => graph.tensors[input]?.data === undefined && isReal(graph, input));

/** Nodes that read each tensor. */
export function consumers(graph: Graph): Map<number, GraphNode[]> {
  const map = new Map<number, GraphNode[]>();
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) map.set(input, [...(map.get(input) ?? []), node]);
  return map;
}

/** Removes unused tensors, and renumbers the rest. */
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
    ...(graph.oneAtATime && { oneAtATime: true }),
    ...(graph.unrolled && { unrolled: graph.unrolled }),
    ...(graph.stateful && { stateful: graph.stateful }),
  };
}

/** Multiply-accumulates of a node. */
export function macs(graph: Graph, node: GraphNode): number {
  const { macs: count } = operators[node.op];
  const shape = (tensor: number | undefined): number[] => graph.tensors[tensor ?? -1]?.shape ?? [];
  return count === "none"
    ? 0
    : count({ output: shape(node.output), inputs: node.inputs.map(shape), weights: shape(node.inputs[1]) });
}
