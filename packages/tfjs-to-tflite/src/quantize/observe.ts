import * as tf from "@tensorflow/tfjs-core";
import { runGraph } from "../graph/execute.js";
import type { Graph } from "../graph/graph.js";
import { peakBytes } from "../graph/live.js";
import type { SampleSet } from "../graph/sampleSet.js";
import type { Group } from "./groups.js";
import type { Range } from "./range.js";
import { silent, type Report } from "./stages.js";

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
export async function eachActivation(
  graph: Graph,
  samples: SampleSet,
  each: (tensor: number, values: Float32Array) => void,
  report: Report = silent,
): Promise<void> {
  let done = 0;
  for await (const batch of samples.batches(batchSizeOf(graph))) {
    report(done / samples.count);
    done += batch[0]!.shape[0];
    tf.tidy(() => {
      runGraph(graph, batch, {
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
export async function activationRanges(graph: Graph, samples: SampleSet, report?: Report): Promise<Map<number, Range>> {
  const ranges = new Map<number, Range>();
  const note = (tensor: number, values: Float32Array): void => {
    let [min, max] = ranges.get(tensor) ?? [Infinity, -Infinity];
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    ranges.set(tensor, [min, max]);
  };
  await eachActivation(graph, samples, note, report);
  return ranges;
}

/** The counts between the extremes. Of a group, only the values that its range must hold. */
export async function observe(
  graph: Graph,
  groups: readonly Group[],
  samples: SampleSet,
  ranges: ReadonlyMap<number, Range>,
  report: Report = silent,
): Promise<Histogram[]> {
  const owner = new Map(groups.flatMap((group, i) => group.counted.map((tensor) => [tensor, i] as const)));
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
    // Extremes may be those of another order of summing.
    for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor((value - min) * perUnit)))]!++;
  };
  await eachActivation(graph, samples, count, report);
  return histograms;
}
