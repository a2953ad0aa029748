/** From the 16-bit samples of a chip to those of the node, in C: resampling, and the level of sound. Nothing is allocated. */

/** Of the resampler's filter: its length in inputs, and the positions between two inputs that have weights. */
export const taps = 32;
export const phases = 32;

/**
 * Puts `count` samples (low byte first, `stride` bytes apart, from byte `first` on) into a ring, wrapping around.
 * @param bytes whole buffer @param ring whole buffer of an Int16Array with a power of two of values
 * @throws RangeError when one of them is too small
 */
export function unpack(
  bytes: ArrayBufferLike,
  first: number,
  stride: number,
  count: number,
  ring: ArrayBufferLike,
  at: number,
): void {
  native("xs_samples_unpack").call(undefined, bytes, first, stride, count, ring, at);
}

/** The weights of a low-pass filter against aliasing. @param cutoff in parts of the input rate, 0.01 to 0.5 */
export function newWeights(cutoff: number): Int32Array {
  const weights = new Int32Array(taps * phases);
  native("xs_samples_weights").call(undefined, weights.buffer, cutoff);
  return weights;
}

/**
 * Writes `count` outputs of the filter, at the positions (in inputs) `position` + `step`, + 2 `step` and so on, none beyond `last`, times `scale`.
 * @param ring as for `unpack`: the input of position p is at index p modulo its length @param weights whole buffer of `newWeights` @param out whole buffer of a Float32Array
 * @returns the position of the last output
 */
export function resample(
  ring: ArrayBufferLike,
  weights: ArrayBufferLike,
  position: number,
  step: number,
  last: number,
  scale: number,
  out: ArrayBufferLike,
  count: number,
): number {
  return native("xs_samples_resample").call(
    undefined,
    ring,
    weights,
    position,
    step,
    last,
    scale,
    out,
    count,
  ) as number;
}

/** Positions in the sums of `sound`. */
export const sum = 0;
export const squares = 1;

/**
 * Adds samples of sound [from, to) and their squares to the sums, and puts them, in parts of full scale, into a frame from index `at` on; none, if that is -1.
 * @param samples whole buffer of an Int16Array @param sums whole buffer of a Float64Array of two @param frame whole buffer of a Float32Array
 * @throws RangeError when one of them is too small
 */
export function sound(
  samples: ArrayBufferLike,
  from: number,
  to: number,
  sums: ArrayBufferLike,
  frame: ArrayBufferLike,
  at: number,
): void {
  native("xs_samples_sound").call(undefined, samples, from, to, sums, frame, at);
}
