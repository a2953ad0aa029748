import * as tf from "@tensorflow/tfjs-core";
import { activations } from "../tflite/index.js";
import type { Graph, GraphNode } from "./graph.js";
import { tfjsFailure } from "../tf/failure.js";
import { lastReads } from "./live.js";
import type { Value } from "./operators/descriptor.js";
import { graphRules } from "./operators/index.js";

/** Hooks of a run: replace constants, and observe or replace each output (calibration, fake quantization). */
export interface RunHooks {
  constant?: (index: number) => tf.Tensor | undefined;
  /** May return a tensor that replaces the output. */
  output?: (index: number, value: tf.Tensor, node: GraphNode | undefined) => tf.Tensor | undefined;
  /** Dispose of each activation when nothing reads it any more. Not where gradients are taken. */
  release?: boolean;
}

const activate: Record<number, (x: tf.Tensor) => tf.Tensor> = {
  [activations.RELU]: tf.relu,
  [activations.RELU6]: tf.relu6,
};

/** One node in float32, on tensors whose first axis is a batch. */
export function runNode(graph: Graph, node: GraphNode, value: Value, batch: number, withActivation = true): tf.Tensor {
  try {
    const result = graphRules(node.op).run(tf, node, value, graph, batch);
    return withActivation ? activated(node, result) : result;
  } catch (error) {
    throw tfjsFailure(error, `layer "${node.layer}" (${node.op}) cannot be run`) ?? error;
  }
}

/** A node's result behind its fused activation. */
export function activated(node: GraphNode, result: tf.Tensor): tf.Tensor {
  const activation = activate[Number(node.options["fusedActivation"] ?? 0)];
  return activation ? activation(result) : result;
}

/**
 * Runs the graph with tfjs on a batch.
 * @param inputs one tensor per input, [batch, ...] @returns the outputs in order; call inside tf.tidy.
 */
export function runGraph(graph: Graph, inputs: readonly tf.Tensor[], hooks: RunHooks = {}): tf.Tensor[] {
  const values = new Map<number, tf.Tensor>();
  const batch = inputs[0]!.shape[0];
  const seen = (index: number, value: tf.Tensor, node?: GraphNode): tf.Tensor =>
    hooks.output?.(index, value, node) ?? value;
  const get = (index: number): tf.Tensor => {
    const known = values.get(index);
    if (known) return known;
    const { data, shape } = graph.tensors[index]!;
    const constant =
      hooks.constant?.(index) ?? tf.tensor(data!, shape, data instanceof Float32Array ? "float32" : "int32");
    if (!hooks.release) values.set(index, constant);
    return constant;
  };
  graph.inputs.forEach((index, i) => values.set(index, seen(index, inputs[i]!)));
  const free = hooks.release ? lastReads(graph) : [];
  graph.nodes.forEach((node, at) => {
    const run = (): tf.Tensor =>
      seen(
        node.output,
        runNode(graph, node, (position) => get(node.inputs[position]!), batch),
        node,
      );
    values.set(node.output, hooks.release ? tf.tidy(run) : run());
    for (const tensor of free[at] ?? []) values.get(tensor)?.dispose();
  });
  return graph.outputs.map(get);
}
