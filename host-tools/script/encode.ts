import { addInto, parityLine, wordsOf } from "../../device/fragments/parity.js";

/** Fragment `number` of a block, from 1 on: in place, then as many coded ones as wanted (TS004-2.0.0, annex A). */
export function fragmentOf(block: Uint8Array, size: number, number: number): Uint8Array {
  const count = Math.ceil(block.length / size);
  const fragment = new Uint8Array(size);
  const at = (index: number): Uint8Array => block.subarray(index * size, (index + 1) * size);
  if (number <= count) {
    fragment.set(at(number - 1));
    return fragment;
  }
  const line = new Uint32Array(wordsOf(count));
  parityLine(number - count, count, line);
  for (let i = 0; i < count; i++) if (line[i >> 5]! & (1 << (i & 31))) addInto(fragment, at(i));
  return fragment;
}
