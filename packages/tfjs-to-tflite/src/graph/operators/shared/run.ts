/** What the operators' float runs share. */
import type * as tfjs from "@tensorflow/tfjs-core";
import { paddings } from "../../../tflite/index.js";
import type { Graph, GraphNode } from "../../types.js";
import type { FloatRun, Tf } from "../descriptor.js";

export const number = (node: GraphNode, name: string): number => Number(node.options[name]);
export const strides = (node: GraphNode): [number, number] => [number(node, "strideH"), number(node, "strideW")];
export const dilation = (node: GraphNode): [number, number] => [number(node, "dilationH"), number(node, "dilationW")];
export const pad = (node: GraphNode): "same" | "valid" =>
  node.options["padding"] === paddings.SAME ? "same" : "valid";

/** A constant input of integers. */
export const integers = (graph: Graph, node: GraphNode, position: number): number[] =>
  Array.from(graph.tensors[node.inputs[position]!]!.data!);

/** A shape of the graph, for this run's batch. */
export const batched = (shape: readonly number[], batch: number): number[] => [shape[0]! * batch, ...shape.slice(1)];

export const unary =
  (compute: (tf: Tf, x: tfjs.Tensor, node: GraphNode) => tfjs.Tensor): FloatRun =>
  (tf, node, value) =>
    compute(tf, value(0), node);

export const binary =
  (compute: (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor) => tfjs.Tensor): FloatRun =>
  (tf, _, value) =>
    compute(tf, value(0), value(1));
