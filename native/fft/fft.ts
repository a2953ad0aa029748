/**
 * Fourier transform of real samples in float32, sizes 16 to 1024. Allocates at construction only; results are the same on every
 * platform. Buffers are those of a Float32Array (`samples.buffer`), aligned by being whole.
 */
export default class FFT extends (Native("xs_fft_destructor") as new () => object) {
  /** @param size points, a power of two from 16 to 1024. @throws RangeError */
  constructor(size: number) {
    super();
    native("xs_fft").call(this, size);
  }

  /** In place: `size` samples become {Re X[0], Re X[size/2], Re X[1], Im X[1], ...}. @throws RangeError when the buffer is too small */
  forward(samples: ArrayBufferLike): void {
    native("xs_fft_forward").call(this, samples);
  }

  /**
   * Keeps the power spectrum of the `size` samples from index `start` of a ring of samples (going on at its beginning), less `mean`,
   * under a Hann window. @throws RangeError when the ring does not hold them
   */
  power(ring: ArrayBufferLike, start: number, mean: number): void {
    native("xs_fft_power").call(this, ring, start, mean);
  }

  /** Mean square of the signal in bin 0..size/2 of the kept spectrum. */
  bin(index: number): number {
    return native("xs_fft_bin").call(this, index) as number;
  }

  /** log2 of the kept spectrum's sum over bins [from, to); -30 is silence. */
  band(from: number, to: number): number {
    return native("xs_fft_band").call(this, from, to) as number;
  }

  /** Frees the memory now; works twice. */
  close(): void {
    native("xs_fft_close").call(this);
  }
}
