/** Taps and phases of the polyphase low-pass filter. */
const taps = 32;
const phases = 32;
/** Capacity for inputs: the filter's taps and what arrives between two calls. */
const capacity = 128;
/** Latency of the outputs in inputs, so that a late input does no harm. */
const lag = 8;

/**
 * Resamples one or more channels from a chip's clock to a lower rate of the node's clock: a windowed-sinc low-pass filter (Hamming) against
 * aliasing, with fractional delay. A chip's rate is off by per cents, so the step follows the real rate by a
 * second-order loop. Starts from the first input; the outputs come (taps / 2 + lag) inputs late. No allocation after construction.
 */
export class Resampler {
  readonly #weights = new Float32Array(taps * phases);
  readonly #inputs: readonly Float32Array[];
  readonly #nominal: number;
  #received = lag;
  #position = 0;
  #step: number;

  /** @param from nominal input rate, Hz @param to output rate, Hz, at most `from` */
  constructor(from: number, to: number, channels: number) {
    this.#inputs = Array.from({ length: channels }, () => new Float32Array(capacity));
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

  /** Forgets the inputs: as after construction. */
  reset(): void {
    this.#received = lag;
    this.#position = 0;
    this.#step = this.#nominal;
  }

  /** The next input of a channel; `next` ends it when each channel has its own. */
  put(channel: number, value: number): void {
    const inputs = this.#inputs[channel]!;
    // What lies before the first input is like it: a chip that measures gravity does not begin at 0.
    if (this.#received === lag) inputs.fill(value);
    inputs[this.#received % capacity] = value;
  }

  next(): void {
    this.#received++;
  }

  /** Writes the next `count` outputs of each channel. */
  pull(out: readonly { values: Float32Array }[], count: number): void {
    if (count === 0) return;
    // The error of the inputs' lead over the outputs.
    const error = (this.#received - lag - (this.#position + count * this.#step)) / count;
    this.#step = Math.min(1.1 * this.#nominal, Math.max(0.9 * this.#nominal, this.#step + error / 64));
    const step = this.#step + error / 8;
    for (let i = 0; i < count; i++) {
      this.#position = Math.min(this.#position + step, this.#received - 1);
      const whole = Math.floor(this.#position);
      const row = Math.floor((this.#position - whole) * phases) * taps;
      for (let channel = 0; channel < out.length; channel++)
        out[channel]!.values[i] = this.#at(this.#inputs[channel]!, whole, row);
    }
  }

  #at(inputs: Float32Array, whole: number, row: number): number {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++)
      sum += this.#weights[row + tap]! * inputs[(whole - taps + 1 + tap + capacity) % capacity]!;
    return sum;
  }
}
