import { newWeights, resample, unpack } from "samples";

/** Capacity for inputs: the filter's taps and what arrives between two calls. A power of two. */
const capacity = 128;
/** Inputs after which their count begins anew, by whole turns of the ring: an integer would not hold a year's. */
const wrap = 2 ** 20;
/** Latency of the outputs in inputs, so that a late input does no harm. */
const lag = 8;

/**
 * Resamples one or more channels of 16-bit samples from a chip's clock to a lower rate of the node's clock: a windowed-sinc low-pass filter (Hamming) against
 * aliasing, with fractional delay. A chip's rate is off by per cents, so the step follows the real rate by a
 * second-order loop. Starts from the first input; the outputs come (taps / 2 + lag) inputs late. No allocation after construction.
 */
export class Resampler {
  readonly #weights: ArrayBufferLike;
  readonly #inputs: readonly Int16Array[];
  readonly #nominal: number;
  #received = lag;
  #position = 0;
  #step: number;

  /** @param from nominal input rate, Hz @param to output rate, Hz, at most `from` */
  constructor(from: number, to: number, channels: number) {
    this.#inputs = Array.from({ length: channels }, () => new Int16Array(capacity));
    this.#nominal = this.#step = from / to;
    // -6 dB just below half the output rate.
    this.#weights = newWeights((0.46 * to) / from).buffer;
  }

  /** Forgets the inputs: as after construction. */
  reset(): void {
    this.#received = lag;
    this.#position = 0;
    this.#step = this.#nominal;
  }

  /** The next `count` inputs of a channel: low byte first, `stride` bytes apart, from byte `first` on; `next` ends them when each channel has its own. */
  put(channel: number, bytes: ArrayBufferLike, first: number, stride: number, count: number): void {
    const inputs = this.#inputs[channel]!;
    unpack(bytes, first, stride, count, inputs.buffer, this.#received);
    // What lies before the first input is like it: a chip that measures gravity does not begin at 0.
    if (this.#received > lag) return;
    inputs.fill(inputs[lag]!);
    unpack(bytes, first, stride, count, inputs.buffer, lag);
  }

  next(count: number): void {
    this.#received += count;
  }

  /** Writes the next `count` outputs of each channel, times `scale`. */
  pull(out: readonly { values: Float32Array }[], count: number, scale: number): void {
    if (count === 0) return;
    // The error of the inputs' lead over the outputs.
    const error = (this.#received - lag - (this.#position + count * this.#step)) / count;
    this.#step = Math.min(1.1 * this.#nominal, Math.max(0.9 * this.#nominal, this.#step + error / 64));
    const step = this.#step + error / 8;
    const last = this.#received - 1;
    let end = this.#position;
    for (let channel = 0; channel < out.length; channel++)
      end = resample(
        this.#inputs[channel]!.buffer,
        this.#weights,
        this.#position,
        step,
        last,
        scale,
        out[channel]!.values.buffer,
        count,
      );
    const isLong = end > wrap + capacity;
    this.#position = isLong ? end - wrap : end;
    if (isLong) this.#received -= wrap;
  }
}
