import * as tf from "@tensorflow/tfjs-core";
import type { QuantizedGraph } from "../graph/emit.js";
import { runGraph, runNode } from "../graph/execute.js";
import { lastOf, type Graph, type GraphNode } from "../graph/graph.js";
import { weightedRule } from "../graph/operators/index.js";
import { fakeQuantization, quantizeConstants } from "./fake.js";
import { batches } from "./observe.js";

/** Mean of each channel of a layer's result before its activation, over all samples. */
function channelMeans(
  graph: Graph,
  node: GraphNode,
  samples: readonly tf.Tensor[],
  hooks: Parameters<typeof runGraph>[2],
): Float32Array {
  const channels = lastOf(graph.tensors[node.output]!.shape);
  const sum = new Float32Array(channels);
  let count = 0;
  const until: Graph = { ...graph, nodes: graph.nodes.slice(0, graph.nodes.indexOf(node)), outputs: [node.inputs[0]!] };
  for (const batch of batches(samples)) {
    tf.tidy(() => {
      const [input] = runGraph(until, batch(), hooks) as [tf.Tensor];
      const constant = (index: number): tf.Tensor =>
        hooks?.constant?.(index) ?? tf.tensor(graph.tensors[index]!.data!, graph.tensors[index]!.shape, "float32");
      const result = runNode(
        graph,
        node,
        (position) => (position === 0 ? input : constant(node.inputs[position]!)),
        input.shape[0],
        false,
      );
      const flat = tf.reshape(result, [-1, channels]);
      const part = tf.sum(flat, 0).dataSync();
      part.forEach((value, i) => (sum[i]! += value));
      count += flat.shape[0];
    });
  }
  return sum.map((value) => value / count);
}

/**
 * Bias correction (Nagel et al. 2019, section 4.2, with measured means in place of the normal distribution): layer by layer, the difference between the quantized
 * network's mean differs from the float one's in each channel is taken off that channel's bias.
 * @returns the same network with other biases.
 */
export function correctBiases(
  { graph: float, activations }: QuantizedGraph,
  samples: readonly tf.Tensor[],
): QuantizedGraph {
  const graph: Graph = { ...float, tensors: [...float.tensors] };
  for (const node of graph.nodes.filter(({ op }) => weightedRule(op))) {
    const truth = channelMeans(float, node, samples, {});
    const given = channelMeans(graph, node, samples, fakeQuantization(quantizeConstants(graph, activations)));
    const bias = node.inputs[2]!;
    const { data } = graph.tensors[bias]!;
    graph.tensors[bias] = {
      ...graph.tensors[bias]!,
      data: (data as Float32Array).map((value, i) => value + truth[i]! - given[i]!),
    };
  }
  return { ...quantizeConstants(graph, activations), graph: float };
}
