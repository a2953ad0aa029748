import { weightedOperators, type GraphNode } from "../../host-tools/graph/graph.js";
import type { QuantizedGraph } from "../../host-tools/graph/emit.js";
import { dequantize } from "../../host-tools/quantize/fake.js";

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
    const channels = shape[weightedOperators[node.op]!.channelAxis]!;
    const inner = weightedOperators[node.op]!.channelAxis === 0;
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
  /** Steepest slope of each function; 1 where it is not named. */
  const slopes: Partial<Record<GraphNode["op"], number>> = { SOFTMAX: 0.5, LOGISTIC: 0.25, HARD_SWISH: 1.5 };

  for (const node of graph.nodes) {
    const carried = weightedOperators[node.op]
      ? weighted(node)
      : node.op === "ADD" || node.op === "SUB"
        ? node.inputs.reduce((sum, input) => sum + errors.get(input)!, 0)
        : node.op === "MUL"
          ? product(node)
          : largest(node) * (slopes[node.op] ?? 1);
    // A hard swish is computed in 16 bits of its input's scale; softmax and logistic cannot say 1, only 255/256.
    const steps = ["SOFTMAX", "LOGISTIC", "TANH", "HARD_SWISH"].includes(node.op) ? 2 : 1;
    errors.set(node.output, carried + steps * activations.get(node.output)!.scale);
  }
  return errors;
}
