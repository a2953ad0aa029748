/** Taps and phases of the polyphase low-pass filter. */
const taps = 32;
const phases = 32;
/** Capacity for inputs: the filter's taps and what arrives between two calls. */
const capacity = 128;
/** Latency of the outputs in inputs, so that a late input does no harm. */
const lag = 8;

/**
 * Resamples from a chip's clock to a lower rate of the node's clock: a windowed-sinc low-pass filter (Hamming) against
 * aliasing, with fractional delay. A chip's rate is off by per cents, so the step follows the real rate by a
 * second-order loop. Starts from zero; the outputs come (taps / 2 + lag) inputs late. No allocation after construction.
 */
export class Resampler {
  readonly #weights = new Float32Array(taps * phases);
  readonly #inputs = new Float32Array(capacity);
  readonly #nominal: number;
  #received = lag;
  #position = 0;
  #step: number;

  /** @param from nominal input rate, Hz @param to output rate, Hz, at most `from` */
  constructor(from: number, to: number) {
    this.#nominal = this.#step = from / to;
    // -6 dB just below half the output rate; taps are 1/from apart.
    const cutoff = (0.46 * to) / from;
    for (let phase = 0; phase < phases; phase++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        const x = tap - taps / 2 + 1 - phase / phases;
        const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
        sum += this.#weights[phase * taps + tap] = sinc * (0.54 + 0.46 * Math.cos((2 * Math.PI * x) / taps));
      }
      for (let tap = 0; tap < taps; tap++) this.#weights[phase * taps + tap]! /= sum;
    }
  }

  push(value: number): void {
    this.#inputs[this.#received++ % capacity] = value;
  }

  /** Writes the next `count` outputs. */
  pull(out: Float32Array, count: number): void {
    if (count === 0) return;
    // The error of the inputs' lead over the outputs.
    const error = (this.#received - lag - (this.#position + count * this.#step)) / count;
    this.#step = Math.min(1.1 * this.#nominal, Math.max(0.9 * this.#nominal, this.#step + error / 64));
    const step = this.#step + error / 8;
    for (let i = 0; i < count; i++) {
      this.#position = Math.min(this.#position + step, this.#received - 1);
      out[i] = this.#at(this.#position);
    }
  }

  #at(position: number): number {
    const whole = Math.floor(position);
    const row = Math.floor((position - whole) * phases) * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++)
      sum += this.#weights[row + tap]! * this.#inputs[(whole - taps + 1 + tap + capacity) % capacity]!;
    return sum;
  }
}
