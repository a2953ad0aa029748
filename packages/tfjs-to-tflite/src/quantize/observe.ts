import * as tf from "@tensorflow/tfjs-core";
import { runGraph } from "../graph/execute.js";
import type { Graph } from "../graph/graph.js";
import { peakBytes } from "../graph/live.js";
import type { Group } from "./groups.js";
import type { Range } from "./range.js";
import { silent, within, type Report } from "./stages.js";

/** How a group's values are spread: counts in equal steps between min and max. */
export interface Histogram {
  min: number;
  max: number;
  counts: Float64Array;
}

const bins = 2048;
const largestBatch = 32;
/** Of activations that live at once in a batch. */
const batchBytes = 64 * 2 ** 20;

/**
 * How many samples run together: as many as bound the memory, or one where the graph may mix them.
 * @param most bytes of activations that live at once
 */
export const batchSizeOf = (graph: Graph, most = batchBytes): number =>
  graph.oneAtATime ? 1 : Math.max(1, Math.min(largestBatch, Math.floor(most / peakBytes(graph))));

/** Runs the float graph over samples, a batch at a time; `each` sees every activation's values. */
export function eachActivation(
  graph: Graph,
  inputs: readonly tf.Tensor[],
  each: (tensor: number, values: Float32Array) => void,
  report: Report = silent,
): void {
  const all = batches(inputs, batchSizeOf(graph));
  for (const [done, batch] of all.entries()) {
    report(done / all.length);
    tf.tidy(() => {
      runGraph(graph, batch(), {
        release: true,
        output: (index, value) => {
          each(index, value.dataSync() as Float32Array);
          return undefined;
        },
      });
    });
  }
}

/** Slices of the samples; call each inside tf.tidy. */
export function batches(inputs: readonly tf.Tensor[], size: number): (() => tf.Tensor[])[] {
  const count = inputs[0]!.shape[0];
  return Array.from(
    { length: Math.ceil(count / size) },
    (_, i) => () => inputs.map((input) => tf.slice(input, i * size, Math.min(size, count - i * size))),
  );
}

/** The extremes of each activation. */
export function activationRanges(graph: Graph, inputs: readonly tf.Tensor[], report?: Report): Map<number, Range> {
  const ranges = new Map<number, Range>();
  const note = (tensor: number, values: Float32Array): void => {
    let [min, max] = ranges.get(tensor) ?? [Infinity, -Infinity];
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    ranges.set(tensor, [min, max]);
  };
  eachActivation(graph, inputs, note, report);
  return ranges;
}

/** Two passes: the extremes, then the counts between them. Of a group, only the values that its range must hold. */
export function observe(
  graph: Graph,
  groups: readonly Group[],
  inputs: readonly tf.Tensor[],
  report: Report = silent,
): Histogram[] {
  const owner = new Map(groups.flatMap((group, i) => group.counted.map((tensor) => [tensor, i] as const)));
  const ranges = activationRanges(graph, inputs, within(report, 0, 0.5));
  const histograms = groups.map(({ counted }): Histogram => {
    const extremes = counted.map((tensor) => ranges.get(tensor)!);
    return {
      min: Math.min(...extremes.map(([min]) => min)),
      max: Math.max(...extremes.map(([, max]) => max)),
      counts: new Float64Array(bins),
    };
  });
  const count = (tensor: number, values: Float32Array): void => {
    const which = owner.get(tensor);
    if (which === undefined) return;
    const { min, max, counts } = histograms[which]!;
    const perUnit = max > min ? (bins - 1e-6) / (max - min) : 0;
    for (const value of values) counts[Math.floor((value - min) * perUnit)]!++;
  };
  eachActivation(graph, inputs, count, within(report, 0.5, 1));
  return histograms;
}
