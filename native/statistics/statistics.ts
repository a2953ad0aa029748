/** Statistics of samples, in C: float32 in, double precision inside, the same results on every platform. Nothing is allocated. */

/** Positions in the result of `moments`. */
export const mean = 0;
/** Mean square about the mean. */
export const variance = 1;
/** Least-squares slope per sample. */
export const slope = 2;
export const min = 3;
export const max = 4;

/** An array for the results of `moments`. */
export const newMoments = (): Float64Array => new Float64Array(5);

/**
 * Of `count` samples (>= 1) of a ring buffer from index `start` on, wrapping around.
 * @param ring whole buffer of a Float32Array
 * @param result whole buffer of `newMoments()`
 * @throws RangeError when the ring or the result is too small
 */
export function moments(ring: ArrayBufferLike, start: number, count: number, result: ArrayBufferLike): void {
  native("xs_statistics_moments").call(undefined, ring, start, count, result);
}

/** Pearson's correlation of a[from..to) and b[from..to), -1 to 1; 0 when one of them is constant or for fewer than 4 pairs. @throws RangeError when one is too small */
export function correlation(a: ArrayBufferLike, b: ArrayBufferLike, from: number, to: number): number {
  return native("xs_statistics_correlation").call(undefined, a, b, from, to) as number;
}
