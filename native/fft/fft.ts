/**
 * Fourier transform of real samples in float32, sizes 16 to 1024. Allocates only in the constructor; results are the same on every
 * platform. Buffers are whole buffers of a Float32Array (`samples.buffer`), hence aligned.
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
   * Computes and stores the power spectrum of the `size` samples from index `start` of a ring buffer (wrapping around), minus `mean`,
   * under a Hann window. @throws RangeError when the ring is too small
   */
  power(ring: ArrayBufferLike, start: number, mean: number): void {
    native("xs_fft_power").call(this, ring, start, mean);
  }

  /** As `power`, of the envelope: the samples' distances from `mean`, less their own mean. @throws RangeError when the ring is too small */
  envelope(ring: ArrayBufferLike, start: number, mean: number): void {
    native("xs_fft_envelope").call(this, ring, start, mean);
  }

  /** Mean square of the signal in bin 0..size/2 of the stored spectrum. */
  bin(index: number): number {
    return native("xs_fft_bin").call(this, index) as number;
  }

  /** log2 of the stored spectrum's sum over bins [from, to); -30 is silence. */
  band(from: number, to: number): number {
    return native("xs_fft_band").call(this, from, to) as number;
  }

  /** Frees the memory now. May be called twice. */
  close(): void {
    native("xs_fft_close").call(this);
  }
}
