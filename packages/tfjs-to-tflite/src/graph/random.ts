import { RandomNumbers } from "../lib/randomNumbers.js";

/** mulberry32. Do not change: test/judge/tflm-random-graphs.json has results of TensorFlow Lite Micro for graphs generated with it. */
function mulberry32(seed: number): { next(): number } {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return t ^ (t >>> 14);
    },
  };
}

/** Random numbers for graphs: the seed alone identifies a failing graph. */
export class Random extends RandomNumbers {
  constructor(seed: number) {
    super(`graph ${seed}`, mulberry32(seed));
  }

  shuffle<T>(values: readonly T[]): T[] {
    return values
      .map((value) => ({ value, key: this.uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value);
  }

  /** Usually uniform bytes, sometimes only extreme ones, which expose overflows. */
  int8s(count: number, low = -128): Int8Array {
    const extreme = this.chance(0.1);
    return Int8Array.from({ length: count }, () => (extreme ? this.pick([low, low + 1, 0, 127]) : this.int(low, 127)));
  }
}
