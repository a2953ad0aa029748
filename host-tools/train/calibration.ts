import { Random } from "../lib/random.js";
import { gather, normalize, normalizedLimit, type TrainingData } from "./examples.js";

/** Windows that ranges of int8 are measured on. */
const wanted = 400;
/** Of an anomaly task: one stretched window for so many of the training. */
const stretchedEvery = 4;

/**
 * Normalized windows to measure the ranges of int8 on: some of the training. Of an anomaly task stretched ones beside them: what deviates is not among those of the
 * training, and ranges without it would cut it off to what is usual.
 */
export function calibrationWindows(data: TrainingData, seed: number): Float32Array {
  const order = new Random(`calibration/${seed}`).order(data.train.count);
  const size = data.frames * data.featureNames.length;
  const count = Math.min(wanted, data.train.count);
  const usual = normalize(gather(data.train, order, 0, count, size), data.normalizer);
  return data.task === "anomaly" ? join(usual, stretched(usual, size, seed)) : usual;
}

/** All training windows, with the stretched ones of an anomaly task. */
export function sampleWindows(data: Pick<TrainingData, "task" | "train" | "normalizer">): Float32Array {
  const usual = normalize(data.train.features, data.normalizer);
  return data.task === "anomaly" ? join(usual, stretched(usual, usual.length / data.train.count, 1)) : usual;
}

/** Windows with some of their features anywhere within what the input can hold. */
function stretched(windows: Float32Array, size: number, seed: number): Float32Array {
  const random = new Random(`stretched/${seed}`);
  const count = Math.ceil(windows.length / size / stretchedEvery);
  const out = windows.slice(0, count * size);
  for (let window = 0; window < count; window++) {
    const share = random.uniform(0, 1);
    const reach = random.uniform(0, normalizedLimit);
    for (let at = window * size; at < (window + 1) * size; at++)
      if (random.uniform(0, 1) < share) out[at] = random.uniform(-reach, reach);
  }
  // The ends themselves.
  out.fill(-normalizedLimit, 0, Math.ceil(size / 2));
  out.fill(normalizedLimit, Math.ceil(size / 2), size);
  return out;
}

function join(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
