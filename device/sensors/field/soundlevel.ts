import FFT from "fft";
import * as samples from "samples";

/** Silence: what 2^-30 is the mean square of, about -87 dBFS. */
const silence = 2 ** -30;
/** Mean square of a sine at full scale, which is 0 dBFS. */
const fullScale = 0.5;
/** Of 16 bits: what 1 is, and its square. */
const whole = 32768;

const decibels = (meanSquare: number): number => 10 * Math.log10(Math.max(silence, meanSquare) / fullScale);

/** Bins of a spectrum, [from, to). */
export interface Bins {
  from: number;
  to: number;
}

/** Level of a block of sound, whole and by bands, dBFS. Spectra are taken one after the other within the block, and averaged. Allocates only in the constructor. */
export class SoundLevel {
  readonly #fft: FFT;
  /** Without bands, none. */
  readonly #frame: Float32Array;
  readonly #bands: readonly Bins[];
  readonly #powers: Float64Array;
  #fill = 0;
  #frames = 0;
  #count = 0;
  readonly #sums = new Float64Array(2);

  /** @param size of the spectra: a power of two, at most the samples of a block */
  constructor(size: number, bands: readonly Bins[]) {
    this.#fft = new FFT(size);
    this.#frame = new Float32Array(bands.length > 0 ? size : 0);
    this.#bands = bands;
    this.#powers = new Float64Array(bands.length);
  }

  /** Begins a block. */
  begin(): void {
    this.#fill = this.#frames = this.#count = 0;
    this.#sums.fill(0);
    this.#powers.fill(0);
  }

  /** Samples [from, to), 16 bits each. */
  take(sound: Int16Array, from: number, to: number): void {
    const frame = this.#frame;
    this.#count += to - from;
    if (frame.length === 0) return samples.sound(sound.buffer, from, to, this.#sums.buffer, frame.buffer, -1);
    while (from < to) {
      const end = Math.min(to, from + frame.length - this.#fill);
      samples.sound(sound.buffer, from, end, this.#sums.buffer, frame.buffer, this.#fill);
      this.#fill += end - from;
      from = end;
      if (this.#fill === frame.length) this.#transform();
    }
  }

  /** Of the block so far, without its mean: a microphone may have an offset. */
  get level(): number {
    const mean = this.#sums[samples.sum]! / this.#count;
    return decibels((this.#sums[samples.squares]! / this.#count - mean * mean) / whole ** 2);
  }

  band(index: number): number {
    return decibels(this.#powers[index]! / this.#frames);
  }

  close(): void {
    this.#fft.close();
  }

  #transform(): void {
    this.#fill = 0;
    this.#fft.power(this.#frame.buffer, 0, 0);
    this.#frames++;
    for (let i = 0; i < this.#bands.length; i++)
      this.#powers[i]! += 2 ** this.#fft.band(this.#bands[i]!.from, this.#bands[i]!.to);
  }
}
