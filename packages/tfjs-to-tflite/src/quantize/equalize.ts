import type * as tf from "@tensorflow/tfjs-core";
import { consumers, lastOf, type Graph, type GraphNode } from "../graph/graph.js";
import { graphRules, weightedRule } from "../graph/operators/index.js";
import { scaleChannels } from "../graph/simplify.js";
import { activations } from "../tflite/index.js";
import { eachActivation } from "./observe.js";

/** Limit of a channel's factor, however small its range. */
const largestFactor = 64;

const commutes = (node: GraphNode): boolean =>
  [activations.NONE, activations.RELU].includes((node.options["fusedActivation"] ?? 0) as 0);

/** Pairs of layers of which the second alone reads the first. */
function pairs(graph: Graph): [GraphNode, GraphNode][] {
  const readers = consumers(graph);
  const channels = (tensor: number): number => lastOf(graph.tensors[tensor]!.shape);
  return graph.nodes.flatMap((first): [GraphNode, GraphNode][] => {
    if (!weightedRule(first.op) || !commutes(first)) return [];
    for (let at = first; ;) {
      const next = readers.get(at.output) ?? [];
      if (next.length !== 1 || graph.outputs.includes(at.output)) return [];
      const [node] = next as [GraphNode];
      if (weightedRule(node.op))
        return node.op === "DEPTHWISE_CONV_2D" && node.options["depthMultiplier"] !== 1 ? [] : [[first, node]];
      if (
        !graphRules(node.op).commutesWithScale &&
        !(node.op === "RESHAPE" && channels(node.output) === channels(at.output))
      )
        return [];
      at = node;
    }
  });
}

/** Largest magnitude in each input channel of a layer's weights; a depthwise layer has a scale for each, so any does. */
function columnLimits(graph: Graph, node: GraphNode, channels: number): Float64Array {
  const limits = new Float64Array(channels);
  if (node.op === "DEPTHWISE_CONV_2D") return limits.fill(1);
  graph.tensors[node.inputs[1]!]!.data!.forEach((value, i) => {
    limits[i % channels] = Math.max(limits[i % channels]!, Math.abs(value));
  });
  return limits;
}

function channelPeaks(
  graph: Graph,
  samples: readonly tf.Tensor[],
  wanted: ReadonlySet<number>,
): Map<number, Float64Array> {
  const peaks = new Map([...wanted].map((tensor) => [tensor, new Float64Array(lastOf(graph.tensors[tensor]!.shape))]));
  eachActivation(graph, samples, (tensor, values) => {
    const peak = peaks.get(tensor);
    if (peak)
      for (let i = 0; i < values.length; i++)
        peak[i % peak.length] = Math.max(peak[i % peak.length]!, Math.abs(values[i]!));
  });
  return peaks;
}

function scaleInputs(graph: Graph, node: GraphNode, factors: Float32Array): void {
  if (node.op === "DEPTHWISE_CONV_2D") {
    const bias = graph.tensors[node.inputs[2]!]!.data as Float32Array;
    scaleChannels(
      graph,
      node,
      factors,
      bias.map((value, i) => value - value * factors[i]!),
    );
    return;
  }
  const { name, shape, data } = graph.tensors[node.inputs[1]!]!;
  const scaled = (data as Float32Array).map((value, i) => value * factors[i % factors.length]!);
  node.inputs = [node.inputs[0]!, graph.tensors.push({ name, shape, data: scaled }) - 1, node.inputs[2]!];
}

/**
 * Cross-layer equalization (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.1): a channel
 * divided by s behind one layer and multiplied by s before the next changes nothing, as ReLU(x / s) = ReLU(x) / s. With per-channel scales in the
 * first layer's weights only the activation between them and the second layer's columns gain, so s = sqrt(peak / column), normalized to the channel with the largest range.
 * @returns another graph with the same tensor numbers, or undefined when no pair of layers allows it.
 */
export function equalize(source: Graph, samples: readonly tf.Tensor[]): Graph | undefined {
  const graph: Graph = { ...source, tensors: [...source.tensors], nodes: source.nodes.map((node) => ({ ...node })) };
  const found = pairs(graph);
  if (found.length === 0) return undefined;
  const peaks = channelPeaks(graph, samples, new Set(found.map(([first]) => first.output)));
  for (const [first, second] of found) {
    const peak = peaks.get(first.output)!;
    if (second.op === "FULLY_CONNECTED" && graph.tensors[second.inputs[1]!]!.shape[1] !== peak.length) continue;
    const columns = columnLimits(graph, second, peak.length);
    const wish =
      second.op === "DEPTHWISE_CONV_2D"
        ? Array.from(peak)
        : Array.from(peak, (value, i) => Math.sqrt(value / (columns[i] || Infinity)));
    const loudest = Math.max(...wish.map((value, i) => (value > 0 ? peak[i]! / value : 0)));
    const current = Math.max(...peak);
    const factors = Float32Array.from(wish, (value) =>
      Math.max(1 / largestFactor, Math.min(largestFactor, value > 0 ? (value * loudest) / current : 1)),
    );
    scaleChannels(
      graph,
      first,
      factors.map((factor) => 1 / factor),
      new Float32Array(factors.length),
    );
    scaleInputs(graph, second, factors);
  }
  return graph;
}
