import * as tf from "@tensorflow/tfjs-core";
import { runGraph } from "../graph/execute.js";
import type { Graph } from "../graph/graph.js";
import type { Group } from "./groups.js";

/** How a group's values are spread: counts in equal steps between min and max. */
export interface Histogram {
  min: number;
  max: number;
  counts: Float64Array;
}

const bins = 2048;
const batchSize = 32;

/** Runs the float graph over samples, a batch at a time; `each` sees every activation's values. */
export function eachActivation(
  graph: Graph,
  inputs: readonly tf.Tensor[],
  each: (tensor: number, values: Float32Array) => void,
): void {
  for (const batch of batches(inputs)) {
    tf.tidy(() => {
      runGraph(graph, batch(), {
        output: (index, value) => {
          each(index, value.dataSync() as Float32Array);
          return undefined;
        },
      });
    });
  }
}

/** Slices of the samples; call each inside tf.tidy. */
export function batches(inputs: readonly tf.Tensor[], size = batchSize): (() => tf.Tensor[])[] {
  const count = inputs[0]!.shape[0];
  return Array.from(
    { length: Math.ceil(count / size) },
    (_, i) => () => inputs.map((input) => tf.slice(input, i * size, Math.min(size, count - i * size))),
  );
}

/** Two passes: the extremes, then the counts between them. */
export function observe(graph: Graph, groups: readonly Group[], inputs: readonly tf.Tensor[]): Histogram[] {
  const owner = new Map(groups.flatMap((group, i) => group.tensors.map((tensor) => [tensor, i] as const)));
  const histograms = groups.map((): Histogram => ({ min: Infinity, max: -Infinity, counts: new Float64Array(bins) }));
  eachActivation(graph, inputs, (tensor, values) => {
    const histogram = histograms[owner.get(tensor)!]!;
    for (const value of values) {
      if (value < histogram.min) histogram.min = value;
      if (value > histogram.max) histogram.max = value;
    }
  });
  eachActivation(graph, inputs, (tensor, values) => {
    const { min, max, counts } = histograms[owner.get(tensor)!]!;
    const perUnit = max > min ? (bins - 1e-6) / (max - min) : 0;
    for (const value of values) counts[Math.floor((value - min) * perUnit)]!++;
  });
  return histograms;
}
