/** Byte i is the top byte of the i-th step of s = s * 1664525 + 1013904223 (mod 2^32), starting from the seed. */
export function seededInput(seed: number, bytes: number): Uint8Array {
  const input = new Uint8Array(bytes);
  let state = seed >>> 0;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    input[i] = state >>> 24;
  }
  return input;
}
