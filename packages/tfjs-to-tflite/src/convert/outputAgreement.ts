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

/** For how many of so many it is so. */
const countOf = (count: number, is: (i: number) => boolean): number => {
  let found = 0;
  for (let i = 0; i < count; i++) if (is(i)) found++;
  return found;
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

/** What is summed up of an output. */
interface OutputSum {
  size: number;
  signal: number;
  noise: number;
  maxError: number;
  peak: number;
  /** Samples with the same largest number. */
  same: number;
  areProbabilities: boolean;
}

const startOf = (size: number): OutputSum => ({
  ...{ size, signal: 0, noise: 0, maxError: 0, peak: 0, same: 0 },
  areProbabilities: true,
});

/** Sums up how far two models agree, as their outputs come. */
export class AgreementSum {
  readonly #names: readonly string[];
  #outputs: OutputSum[] = [];
  #worst: SampleAgreement[] = [];
  #samples = 0;
  #right: { first: number; second: number } | undefined;

  /** @param names of the outputs */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /**
   * The next samples.
   * @param first what the model to agree with gives, as many numbers of each output as `second`
   * @param labels the class of each of these samples, if known
   */
  add(
    first: readonly OutputValues[],
    second: readonly OutputValues[],
    samples: number,
    labels?: ArrayLike<number>,
  ): void {
    if (this.#samples === 0) this.#outputs = first.map((values) => startOf(values.length / samples));
    first.forEach((values, which) => {
      const sum = this.#outputs[which]!;
      const { signal, noise, maxError, peak } = differenceOf(values, second[which]!);
      const [a, b] = [verdictsOf(values, sum.size), verdictsOf(second[which]!, sum.size)];
      sum.signal += signal;
      sum.noise += noise;
      sum.maxError = Math.max(sum.maxError, maxError);
      sum.peak = Math.max(sum.peak, peak);
      sum.same += countOf(samples, (i) => a[i] === b[i]);
      sum.areProbabilities &&= areProbabilities(values, sum.size);
      if (labels && which === 0) {
        this.#right ??= { first: 0, second: 0 };
        this.#right.first += countOf(samples, (i) => a[i] === labels[i]);
        this.#right.second += countOf(samples, (i) => b[i] === labels[i]);
      }
    });
    const each = Array.from({ length: samples }, (_, sample) => this.#ofSample(first, second, sample));
    this.#worst = [...this.#worst, ...each]
      .sort((a, b) => a.snr - b.snr || b.maxError - a.maxError)
      .slice(0, mostWorst);
    this.#samples += samples;
  }

  #ofSample(first: readonly OutputValues[], second: readonly OutputValues[], sample: number): SampleAgreement {
    const parts = first.map((values, which) => {
      const { size } = this.#outputs[which]!;
      return differenceOf(values, second[which]!, sample * size, (sample + 1) * size);
    });
    const sum = (of: "signal" | "noise"): number => parts.reduce((total, part) => total + part[of], 0);
    return {
      sample: this.#samples + sample,
      snr: decibels(sum("signal"), sum("noise")),
      maxError: Math.max(...parts.map(({ maxError }) => maxError)),
    };
  }

  result(): Agreement {
    const count = this.#samples;
    const right = this.#right;
    return {
      samples: count,
      outputs: this.#outputs.map(({ size, signal, noise, maxError, peak, same, areProbabilities }, which) => ({
        name: this.#names[which]!,
        size,
        snr: decibels(signal, noise),
        maxError,
        peak,
        ...(((right && which === 0) || areProbabilities) && { top1: same / count }),
      })),
      ...(right && { accuracy: { first: right.first / count, second: right.second / count } }),
      worst: this.#worst,
    };
  }
}

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
  const sum = new AgreementSum(names);
  sum.add(first, second, samples, labels);
  return sum.result();
}
