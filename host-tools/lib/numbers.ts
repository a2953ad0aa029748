export * from "tfjs-to-tflite/lib/numbers.js";

/** The upper of the two middle ones of an even number; NaN: there are none. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? NaN;
}
