import type { NodeConfig } from "../../device/config.js";
import type { NetworkNode } from "../node/networkNode.js";

/** Windows with their truth: features as the device computes them, not yet normalized. */
export interface Examples {
  count: number;
  /** [window][frame][feature] */
  features: Float32Array;
  /** Index of the class. */
  labels: Int32Array;
}

/** Windows of each class. */
export function classCounts({ labels }: Examples, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** The data for training, calibration and evaluation. */
export interface TrainingData {
  frames: number;
  /** Steps along time, when a frame's row holds several moments and nothing else: the columns of one moment are side by side. Default: the frames. */
  steps?: number | undefined;
  /** A name a column of a frame's row. */
  featureNames: string[];
  /** Default: to tell the classes apart. */
  task?: NodeConfig["task"];
  classes: string[];
  /** The node that the windows are of; undefined: they are not a node's. */
  node?: NetworkNode | undefined;
  train: Examples;
  validation: Examples;
  test: Examples;
  normalizer: Normalizer;
  /** How a batch may be varied; none: it is not. */
  augmentation?: Augmentation;
}

export interface Normalizer {
  mean: Float32Array;
  deviation: Float32Array;
}

/** Changes raw features in place the way a change of the recording itself would. */
export interface Augmentation {
  vary(
    features: Float32Array,
    windows: number,
    random: { uniform(low: number, high: number): number; normal(): number },
  ): void;
}

/** Normalized features stay inside: further out is treated as this far, in training as by the saturating int8 input on the node. */
export const normalizedLimit = 6;

/** Mean and deviation of each feature over windows and frames. */
export function fitNormalizer(examples: Examples, featureCount: number): Normalizer {
  const rows = examples.features.length / featureCount;
  const sum = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  for (let row = 0, at = 0; row < rows; row++)
    for (let f = 0; f < featureCount; f++, at++) sum[f]! += examples.features[at]!;
  for (let row = 0, at = 0; row < rows; row++)
    for (let f = 0; f < featureCount; f++, at++) squares[f]! += (examples.features[at]! - sum[f]! / rows) ** 2;
  return {
    mean: Float32Array.from(sum, (total) => total / rows),
    deviation: Float32Array.from(squares, (total) => Math.sqrt(total / rows)),
  };
}

/** One mean and deviation for columns from `from` on that repeat every `step`: the moments of a raw sensor. Returns a new one. */
export function poolColumns({ mean, deviation }: Normalizer, from: number, step: number): Normalizer {
  const pooled = { mean: mean.slice(), deviation: deviation.slice() };
  for (let first = from; first < Math.min(from + step, mean.length); first++) {
    const columns: number[] = [];
    for (let at = first; at < mean.length; at += step) columns.push(at);
    const middle = columns.reduce((sum, at) => sum + mean[at]!, 0) / columns.length;
    const square =
      columns.reduce((sum, at) => sum + deviation[at]! ** 2 + (mean[at]! - middle) ** 2, 0) / columns.length;
    for (const at of columns) [pooled.mean[at], pooled.deviation[at]] = [middle, Math.sqrt(square)];
  }
  return pooled;
}

/** (x - mean) / deviation, held inside +-normalizedLimit; 0 for a feature that never changes. Returns a new array. */
export function normalize(features: Float32Array, { mean, deviation }: Normalizer): Float32Array {
  const count = mean.length;
  const out = new Float32Array(features.length);
  for (let at = 0, f = 0; at < features.length; at++, f = f + 1 === count ? 0 : f + 1) {
    const value = deviation[f]! > 0 ? (features[at]! - mean[f]!) / deviation[f]! : 0;
    out[at] = Math.max(-normalizedLimit, Math.min(normalizedLimit, value));
  }
  return out;
}

/** Windows of the first class, that which an anomaly task trains on; the others are for evaluation alone. */
export function usualOf<T extends Examples>(examples: T): T {
  const rows = Array.from(examples.labels.keys()).filter((window) => examples.labels[window] === 0);
  if (rows.length === examples.count) return examples;
  const size = examples.features.length / examples.count;
  const features = new Float32Array(rows.length * size);
  rows.forEach((window, row) =>
    features.set(examples.features.subarray(window * size, (window + 1) * size), row * size),
  );
  const pick = <A extends Int32Array | Float64Array>(values: A): A =>
    values.filter((_, window) => examples.labels[window] === 0) as A;
  return {
    ...examples,
    count: rows.length,
    features,
    labels: new Int32Array(rows.length),
    ...("files" in examples && { files: pick(examples.files as Int32Array) }),
    ...("times" in examples && { times: pick(examples.times as Float64Array) }),
  };
}

/** The features of some windows, one after the other. */
export function gather(
  examples: Examples,
  order: Int32Array,
  from: number,
  to: number,
  windowSize: number,
): Float32Array {
  const out = new Float32Array((to - from) * windowSize);
  for (let i = from; i < to; i++)
    out.set(examples.features.subarray(order[i]! * windowSize, (order[i]! + 1) * windowSize), (i - from) * windowSize);
  return out;
}

/** Only some columns, under a normalizer fitted to them: what the network would be without the others. */
export function selectFeatures(data: TrainingData, columns: number[]): TrainingData {
  const all = data.featureNames.length;
  const select = (examples: Examples): Examples => {
    const rows = examples.features.length / all;
    const features = new Float32Array(rows * columns.length);
    for (let row = 0, at = 0; row < rows; row++)
      for (const column of columns) features[at++] = examples.features[row * all + column]!;
    return { ...examples, features };
  };
  const pick = (values: Float32Array): Float32Array => Float32Array.from(columns, (column) => values[column]!);
  const augmentation = data.augmentation;
  return {
    ...data,
    steps: undefined,
    featureNames: columns.map((column) => data.featureNames[column]!),
    train: select(data.train),
    validation: select(data.validation),
    test: select(data.test),
    normalizer: { mean: pick(data.normalizer.mean), deviation: pick(data.normalizer.deviation) },
    ...(augmentation && { augmentation: onColumns(augmentation, columns, all) }),
  };
}

/** The same changes, of rows that hold only some of the columns. */
function onColumns(augmentation: Augmentation, columns: number[], all: number): Augmentation {
  return {
    vary(features, windows, random) {
      const rows = features.length / columns.length;
      const wide = new Float32Array(rows * all);
      for (let row = 0, at = 0; row < rows; row++)
        for (const column of columns) wide[row * all + column] = features[at++]!;
      augmentation.vary(wide, windows, random);
      for (let row = 0, at = 0; row < rows; row++)
        for (const column of columns) features[at++] = wide[row * all + column]!;
    },
  };
}
