/** How far two models agree on the same samples. Pure functions on their outputs. */

/** One output of a model: the numbers of all samples, one sample after the other. */
export type OutputValues = Float32Array;

export interface OutputAgreement {
  name: string;
  /** Numbers of each sample. */
  size: number;
  /** 10 log10 of the first model's energy over the energy of the difference, in dB; Infinity where they are the same. */
  snr: number;
  /** The largest difference. */
  maxError: number;
  /** The largest magnitude of the first model's. */
  peak: number;
  /** Where each sample's numbers are probabilities, or labels are known: the share of samples whose largest number is at the same place. */
  top1?: number;
}

export interface SampleAgreement {
  sample: number;
  /** Over all outputs. */
  snr: number;
  maxError: number;
}

/** Shares of the labels that the first output's largest number has. */
export interface Accuracy {
  first: number;
  second: number;
}

export interface Agreement {
  samples: number;
  outputs: OutputAgreement[];
  accuracy?: Accuracy;
  /** The samples with the least signal-to-noise ratio, the worst first. */
  worst: SampleAgreement[];
}

/** Energies as a signal-to-noise ratio. */
export const decibels = (signal: number, noise: number): number =>
  noise === 0 ? Infinity : 10 * Math.log10(signal / noise);

/** The place of the largest number in each row of `size`; of equal ones the first. */
export function verdictsOf(values: Float32Array, size: number): Int32Array {
  return Int32Array.from({ length: values.length / size }, (_, row) => {
    let best = row * size;
    for (let i = best + 1; i < (row + 1) * size; i++) if (values[i]! > values[best]!) best = i;
    return best - row * size;
  });
}

/** A row of probabilities may be off by this much in sum: 256ths, each rounded. */
const sumTolerance = 0.02;

/** Whether each row of two numbers or more is not negative and has the sum 1: what a softmax gives. */
function areProbabilities(values: Float32Array, size: number): boolean {
  if (size < 2) return false;
  for (let at = 0; at < values.length; at += size) {
    const row = values.subarray(at, at + size);
    if (row.some((value) => value < 0) || Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) > sumTolerance)
      return false;
  }
  return true;
}

/** The share of so many for which it is so. */
export const shareOf = (count: number, same: (i: number) => boolean): number => {
  let found = 0;
  for (let i = 0; i < count; i++) if (same(i)) found++;
  return found / count;
};

/** Energies of the first model's numbers and of the difference, and its largest magnitude, in part of an output. */
export function differenceOf(first: Float32Array, second: Float32Array, from = 0, to = first.length) {
  let [signal, noise, maxError, peak] = [0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const difference = Math.abs(first[i]! - second[i]!);
    signal += first[i]! ** 2;
    noise += difference ** 2;
    maxError = Math.max(maxError, difference);
    peak = Math.max(peak, Math.abs(first[i]!));
  }
  return { signal, noise, maxError, peak };
}

const mostWorst = 5;

/**
 * @param names of the outputs @param first what the model to agree with gives, as many numbers of each output as `second`
 * @param labels the class of each sample, if known
 */
export function agreementOf(
  names: readonly string[],
  first: readonly OutputValues[],
  second: readonly OutputValues[],
  samples: number,
  labels?: ArrayLike<number>,
): Agreement {
  const sizes = first.map((values) => values.length / samples);
  const outputs = first.map((values, which): OutputAgreement => {
    const size = sizes[which]!;
    const { signal, noise, maxError, peak } = differenceOf(values, second[which]!);
    const [a, b] = [verdictsOf(values, size), verdictsOf(second[which]!, size)];
    const decides = (labels && which === 0) || areProbabilities(values, size);
    return {
      name: names[which]!,
      size,
      snr: decibels(signal, noise),
      maxError,
      peak,
      ...(decides && { top1: shareOf(samples, (i) => a[i] === b[i]) }),
    };
  });
  const each = Array.from({ length: samples }, (_, sample): SampleAgreement => {
    const parts = first.map((values, which) =>
      differenceOf(values, second[which]!, sample * sizes[which]!, (sample + 1) * sizes[which]!),
    );
    const sum = (of: "signal" | "noise"): number => parts.reduce((total, part) => total + part[of], 0);
    return {
      sample,
      snr: decibels(sum("signal"), sum("noise")),
      maxError: Math.max(...parts.map(({ maxError }) => maxError)),
    };
  });
  const accuracyOf = (values: OutputValues): number => {
    const verdicts = verdictsOf(values, sizes[0]!);
    return shareOf(samples, (i) => verdicts[i] === labels![i]);
  };
  return {
    samples,
    outputs,
    ...(labels && { accuracy: { first: accuracyOf(first[0]!), second: accuracyOf(second[0]!) } }),
    worst: each.sort((a, b) => a.snr - b.snr || b.maxError - a.maxError).slice(0, mostWorst),
  };
}
