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

/** Positions in the result of `shape`: root mean square; skewness; kurtosis, 0 for a normal distribution; crest factor about the mean. */
export const rms = 0;
export const skewness = 1;
export const kurtosis = 2;
export const crest = 3;
/** Times per sample interval that the samples go through their mean. */
export const crossings = 4;

/** An array for the results of `shape`. */
export const newShape = (): Float64Array => new Float64Array(5);

/**
 * As `moments`, of the same samples.
 * @param known whole buffer of what `moments` has made of them
 * @param result whole buffer of `newShape()`
 */
export function shape(
  ring: ArrayBufferLike,
  start: number,
  count: number,
  known: ArrayBufferLike,
  result: ArrayBufferLike,
): void {
  native("xs_statistics_shape").call(undefined, ring, start, count, known, result);
}

/**
 * Adds the squares of `count` samples of a ring to sums from index `at` on.
 * @param sums whole buffer of a Float32Array @param isFirst 1: puts them there
 * @throws RangeError when one of them is too small
 */
export function squares(
  ring: ArrayBufferLike,
  start: number,
  count: number,
  sums: ArrayBufferLike,
  at: number,
  isFirst: 0 | 1,
): void {
  native("xs_statistics_squares").call(undefined, ring, start, count, sums, at, isFirst);
}

/** Takes the square roots of `count` sums from index `at` on. @throws RangeError when there are fewer */
export function roots(sums: ArrayBufferLike, at: number, count: number): void {
  native("xs_statistics_roots").call(undefined, sums, at, count);
}

/** Positions in the state of `take`: the range of good samples; the last good one that was another than the one before, NaN at first; the last good one. */
export const low = 0;
export const high = 1;
export const last = 2;
export const good = 3;
/** Counts of samples that were replaced by the last good one, since they were missing (-Infinity), not a number, or out of range. */
export const missing = 4;
export const notNumber = 5;
export const outside = 6;
/** Which sample of the last call became `last`; -1: none. */
export const changed = 7;
/** Added to each sample. */
export const offset = 8;

/** An array for the state of `take`. */
export const newState = (): Float64Array => new Float64Array(9).fill(NaN, last, good);

/**
 * Puts `count` samples from index `from` on into a ring buffer at index `next`, wrapping around, and checks them.
 * @param ring whole buffer of a Float32Array
 * @param samples likewise
 * @param state whole buffer of `newState()`
 * @throws RangeError when one of them is too small
 */
export function take(
  ring: ArrayBufferLike,
  next: number,
  samples: ArrayBufferLike,
  from: number,
  count: number,
  state: ArrayBufferLike,
): void {
  native("xs_statistics_take").call(undefined, ring, next, samples, from, count, state);
}

/** Pearson's correlation of a[from..to) and b[from..to), -1 to 1; 0 when one of them is constant or for fewer than 4 pairs. @throws RangeError when one is too small */
export function correlation(a: ArrayBufferLike, b: ArrayBufferLike, from: number, to: number): number {
  return native("xs_statistics_correlation").call(undefined, a, b, from, to) as number;
}
