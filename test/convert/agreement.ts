import type { ExecutionContext } from "ava";

/** float32 sums in another order: some 1e-7 for each number that is added. */
export const tolerance = 1e-5;

/** What TensorFlow Lite computes is what tfjs does. @returns the largest difference, of the largest number, at least 1 */
export function sameNumbers(
  t: ExecutionContext,
  given: readonly number[],
  truth: ArrayLike<number>,
  what: string,
): number {
  const values = Array.from(truth);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  t.true(values.length > 0 && given.length === values.length, what);
  const worst = Math.max(...given.map((value, at) => Math.abs(value - values[at]!)));
  t.true(worst <= tolerance * scale, `${what}: ${worst} of ${scale}`);
  return worst / scale;
}

/** Each operator adds half a step of 255, some -52 dB of a full range, to what it is given; sums of many and small values lose most. */
export const leastSnr = 20;

const energy = (list: readonly number[]): number => list.reduce((sum, value) => sum + value ** 2, 0);

/** Energy of the truth over energy of the difference, in dB. */
export function snrOf(given: readonly number[], truth: ArrayLike<number>): number {
  const values = Array.from(truth);
  return 10 * Math.log10((energy(values) + 1e-9) / (energy(values.map((value, at) => value - given[at]!)) + 1e-9));
}
