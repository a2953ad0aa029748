/** What a graph is searched for: nodes one behind the other, with nothing between them but reshapes. */
import { activations } from "../tflite/index.js";
import type { Graph, GraphNode } from "./graph.js";

export const floats = (graph: Graph, tensor: number): Float32Array => graph.tensors[tensor]!.data as Float32Array;
export const isLinear = (node: GraphNode): boolean =>
  (node.options["fusedActivation"] ?? activations.NONE) === activations.NONE;

/** A 1x1 depthwise convolution without multiplier: one factor and one offset per channel. */
export function isAffine(graph: Graph, node: GraphNode): boolean {
  if (node.op !== "DEPTHWISE_CONV_2D") return false;
  const [, height, width] = graph.tensors[node.inputs[1]!]!.shape;
  return (
    height === 1 &&
    width === 1 &&
    node.options["depthMultiplier"] === 1 &&
    node.options["strideH"] === 1 &&
    node.options["strideW"] === 1
  );
}

/** By the tensor that they compute. */
export type Producers = ReadonlyMap<number, GraphNode>;

/** The node that computes a tensor's numbers, whatever their shape. */
export const skipReshapes = (producers: Producers, tensor: number): GraphNode | undefined => {
  const node = producers.get(tensor);
  return node?.op === "RESHAPE" ? skipReshapes(producers, node.inputs[0]!) : node;
};

/** The tensor that holds the same numbers before any reshapes. */
export const chainSource = (producers: Producers, tensor: number): number => {
  const node = producers.get(tensor);
  return node?.op === "RESHAPE" ? chainSource(producers, node.inputs[0]!) : tensor;
};
