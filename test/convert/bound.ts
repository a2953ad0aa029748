import type { GraphNode } from "tfjs-to-tflite/graph/graph.js";
import { graphRules, weightedRule } from "tfjs-to-tflite/graph/operators/index.js";
import type { QuantizedGraph } from "tfjs-to-tflite/graph/emit.js";
import { dequantize } from "tfjs-to-tflite/quantize/fake.js";

/**
 * How far an int8 network may be from the float one, for samples inside the calibrated ranges: the error of each operator's inputs, times how much the
 * operator can enlarge it, plus what its quantized weights differ by on the largest input, plus a step of its output's scale for rounding.
 * @param peaks the largest magnitude of each activation in float
 */
export function errorBounds(
  { graph, activations, constants }: QuantizedGraph,
  peaks: ReadonlyMap<number, number>,
): Map<number, number> {
  const errors = new Map(graph.inputs.map((input) => [input, activations.get(input)!.scale / 2]));

  const weighted = (node: GraphNode): number => {
    const [input, weights, bias] = node.inputs as [number, number, number];
    const { shape, data } = graph.tensors[weights]!;
    const channels = shape[weightedRule(node.op)!.channelAxis]!;
    const inner = weightedRule(node.op)!.channelAxis === 0;
    const [given, biases] = [dequantize(constants.get(weights)!, shape), dequantize(constants.get(bias)!, [channels])];
    const enlarged = new Float64Array(channels);
    data!.forEach((value, i) => {
      const channel = inner ? Math.floor((i * channels) / given.length) : i % channels;
      enlarged[channel]! += Math.abs(given[i]!) * errors.get(input)! + Math.abs(given[i]! - value) * peaks.get(input)!;
    });
    return Math.max(
      ...enlarged.map((value, channel) => value + Math.abs(biases[channel]! - graph.tensors[bias]!.data![channel]!)),
    );
  };
  const inputs = (node: GraphNode): number[] => node.inputs.filter((input) => errors.has(input));
  const largest = (node: GraphNode): number => Math.max(...inputs(node).map((input) => errors.get(input)!));
  const product = (node: GraphNode): number => {
    const [a, b] = node.inputs as [number, number];
    return peaks.get(a)! * errors.get(b)! + peaks.get(b)! * errors.get(a)! + errors.get(a)! * errors.get(b)!;
  };
  const carried = (node: GraphNode, growth: number | "sum" | "product" | "weights"): number => {
    if (growth === "weights") return weighted(node);
    if (growth === "sum") return node.inputs.reduce((sum, input) => sum + errors.get(input)!, 0);
    return growth === "product" ? product(node) : largest(node) * growth;
  };

  for (const node of graph.nodes) {
    const { growth, steps } = graphRules(node.op).error;
    errors.set(node.output, carried(node, growth) + steps * activations.get(node.output)!.scale);
  }
  return errors;
}
