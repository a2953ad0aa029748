import type { Fields } from "../flash/fields.js";

/** Random numbers that differ between nodes and boots even where the radio's noise does not: synchronized nodes would collide forever. */
export class Prng {
  #state = 1;

  /** @param identity of the node; @param position a number that increases from boot to boot; @param noise of the radio */
  seed(identity: number, position: number, noise: number): void {
    this.#state = (identity ^ Math.imul(position + 1, 0x9e3779b1) ^ noise) | 1;
    // Similar seeds give similar first numbers.
    for (let i = 0; i < 16; i++) this.next();
  }

  /** Stores or restores its state. */
  layout(fields: Fields): void {
    this.#state = fields.number(4, this.#state >>> 0) | 0 || 1;
  }

  /** 32 bits (xorshift32). */
  next(): number {
    let value = this.#state;
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
    this.#state = value;
    return value >>> 0;
  }

  /** An integer from 0 to below `range`. */
  below(range: number): number {
    return Math.floor((this.next() / 2 ** 32) * range);
  }
}
