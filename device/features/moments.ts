import type { Ring } from "../ring.js";

/** Statistics of a range of samples, in double precision. The object is reused, so that nothing is allocated. */
export class Moments {
  mean = 0;
  /** Mean square about the mean. */
  variance = 0;
  min = 0;
  max = 0;
  /** Least-squares slope per sample. */
  slope = 0;

  /** Of `count` (>= 1) samples, from the `offset`-th oldest on. */
  measure(ring: Ring, offset: number, count: number): void {
    const { data, capacity } = ring;
    let at = ring.start + offset;
    if (at >= capacity) at -= capacity;
    // Sums about the first sample, so that a small spread on a large offset keeps its precision.
    const first = data[at]!;
    let sum = 0;
    let squares = 0;
    let moment = 0;
    let low = 0;
    let high = 0;
    let i = 0;
    while (i < count) {
      // To the end of the samples or of the array, whichever is first.
      const end = Math.min(count, i + capacity - at);
      for (; i < end; i++, at++) {
        const value = data[at]! - first;
        sum += value;
        squares += value * value;
        moment += i * value;
        if (value < low) low = value;
        else if (value > high) high = value;
      }
      at = 0;
    }
    const mean = sum / count;
    this.mean = first + mean;
    this.variance = Math.max(0, squares / count - mean * mean);
    this.min = first + low;
    this.max = first + high;
    // Sum of (i - middle)^2 is count (count^2 - 1) / 12.
    this.slope = count < 2 ? 0 : (12 * (moment - ((count - 1) / 2) * sum)) / (count * (count * count - 1));
  }
}
