/** The source of the numbers: `next` returns 32 random bits, like pure-rand's generators. */
export interface Generator {
  next(): number;
}

/** Random numbers of many kinds, from those of a generator. */
export class RandomNumbers {
  readonly #generator: Generator;
  #spare = NaN;

  constructor(
    readonly name: string,
    generator: Generator,
  ) {
    this.#generator = generator;
  }

  /** low <= x < high */
  uniform(low = 0, high = 1): number {
    return low + ((this.#generator.next() >>> 0) / 4294967296) * (high - low);
  }

  /** Uniform on a logarithmic scale. */
  logUniform(low: number, high: number): number {
    return low * (high / low) ** this.uniform();
  }

  /** Whole number, 0 <= n < count. */
  below(count: number): number {
    return Math.floor(this.uniform(0, count));
  }

  /** Whole number, both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  pick<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)]!;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.int(0, 255)));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Mean 0, deviation 1 (Marsaglia's polar method, two at a time). */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spare = v * scale;
      return u * scale;
    }
  }

  /** A random permutation of 0..count-1 (Fisher and Yates). */
  order(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, index) => index);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const other = order[j]!;
      order[j] = order[i]!;
      order[i] = other;
    }
    return order;
  }
}
