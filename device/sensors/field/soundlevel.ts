import FFT from "fft";

/** Silence: what 2^-30 is the mean square of, about -87 dBFS. */
const silence = 2 ** -30;
/** Mean square of a sine at full scale, which is 0 dBFS. */
const fullScale = 0.5;

const decibels = (meanSquare: number): number => 10 * Math.log10(Math.max(silence, meanSquare) / fullScale);

/** Bins of a spectrum, [from, to). */
export interface Bins {
  from: number;
  to: number;
}

/** Level of a block of sound, whole and by bands, dBFS. Spectra are taken one after the other within the block, and averaged. Allocates only in the constructor. */
export class SoundLevel {
  readonly #fft: FFT;
  readonly #frame: Float32Array;
  readonly #bands: readonly Bins[];
  readonly #powers: Float64Array;
  #fill = 0;
  #frames = 0;
  #count = 0;
  #sum = 0;
  #squares = 0;

  /** @param size of the spectra: a power of two, at most the samples of a block */
  constructor(size: number, bands: readonly Bins[]) {
    this.#fft = new FFT(size);
    this.#frame = new Float32Array(size);
    this.#bands = bands;
    this.#powers = new Float64Array(bands.length);
  }

  /** Begins a block. */
  begin(): void {
    this.#fill = this.#frames = this.#count = this.#sum = this.#squares = 0;
    this.#powers.fill(0);
  }

  /** Samples [from, to), 16 bits each. */
  take(samples: Int16Array, from: number, to: number): void {
    const frame = this.#frame;
    let fill = this.#fill;
    let sum = 0;
    let squares = 0;
    for (let i = from; i < to; i++) {
      const value = samples[i]! / 32768;
      sum += value;
      squares += value * value;
      frame[fill++] = value;
      if (fill === frame.length) {
        this.#transform();
        fill = 0;
      }
    }
    this.#fill = fill;
    this.#sum += sum;
    this.#squares += squares;
    this.#count += to - from;
  }

  /** Of the block so far, without its mean: a microphone may have an offset. */
  get level(): number {
    const mean = this.#sum / this.#count;
    return decibels(this.#squares / this.#count - mean * mean);
  }

  band(index: number): number {
    return decibels(this.#powers[index]! / this.#frames);
  }

  close(): void {
    this.#fft.close();
  }

  #transform(): void {
    if (this.#bands.length === 0) return;
    this.#fft.power(this.#frame.buffer, 0, 0);
    this.#frames++;
    for (let i = 0; i < this.#bands.length; i++)
      this.#powers[i]! += 2 ** this.#fft.band(this.#bands[i]!.from, this.#bands[i]!.to);
  }
}
