/** The parity matrix of TS004-2.0.0, annex A. Pure: the node decodes with it, the tools encode. */

const isPowerOfTwo = (value: number): boolean => (value & (value - 1)) === 0;

/** A maximum-length sequence of 23 bits. */
const prbs23 = (x: number): number => (x >> 1) | (((x & 1) ^ ((x >> 5) & 1)) << 22);

/** 32-bit words that hold a bit for each of `count`. */
export const wordsOf = (count: number): number => (count + 31) >> 5;

/**
 * Sets the bits of the fragments, counted from 0, whose XOR is coded fragment `count + number`; version 2 draws again what was drawn before.
 * @param line of zeros, bit i & 31 of word i >> 5
 */
export function parityLine(number: number, count: number, line: Uint32Array): void {
  const modulus = count + (isPowerOfTwo(count) ? 1 : 0);
  let x = 1 + 1001 * number;
  for (let set = 0; set < count >> 1;) {
    let drawn = count;
    while (drawn >= count) {
      x = prbs23(x);
      drawn = x % modulus;
    }
    const bit = 1 << (drawn & 31);
    if (line[drawn >> 5]! & bit) continue;
    line[drawn >> 5]! |= bit;
    set++;
  }
}

/** `target` XOR `data`, in place; as many bytes as `data` has. */
export function addInto(target: Uint8Array, data: Uint8Array): void {
  for (let i = 0; i < data.length; i++) target[i]! ^= data[i]!;
}
