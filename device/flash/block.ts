import { crc32 } from "./crc32.js";
import { stateBytes, stateOf } from "./state.js";

/** "LOG1", little-endian. */
const magic = 0x31474f4c;
const copyBytes = 20;
/** Where the word is that says that everything was copied; before it, the head and its copy. */
export const copiedAt = 2 * copyBytes;
/** Where the first record begins. */
export const blockHead = copiedAt + stateBytes;

export interface BlockHead {
  generation: number;
  nextSequence: number;
  /** Generation of the block whose records are copied here first; 0: none. */
  replaces: number;
  /** Everything was. */
  isCopied: boolean;
  /** Both copies of the head are whole. */
  isFirm: boolean;
}

export function encodeBlockHead(generation: number, nextSequence: number, replaces: number): ArrayBuffer {
  const bytes = new Uint8Array(blockHead).fill(0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, generation, true);
  view.setUint32(8, nextSequence, true);
  view.setUint32(12, replaces, true);
  view.setUint32(16, crc32(bytes.subarray(0, 16)), true);
  bytes.copyWithin(copyBytes, 0, copyBytes);
  return bytes.buffer;
}

/** @returns undefined when no copy is whole: the block is free */
export function decodeBlockHead(buffer: ArrayBuffer): BlockHead | undefined {
  const view = new DataView(buffer);
  const isWhole = (at: number): boolean =>
    view.getUint32(at, true) === magic && view.getUint32(at + 16, true) === crc32(new Uint8Array(buffer, at, 16));
  const [first, second] = [isWhole(0), isWhole(copyBytes)];
  if (!first && !second) return undefined;
  const at = first ? 0 : copyBytes;
  return {
    generation: view.getUint32(at + 4, true),
    nextSequence: view.getUint32(at + 8, true),
    replaces: view.getUint32(at + 12, true),
    isCopied: stateOf(view.getUint32(copiedAt, true)) === "written",
    isFirm: first && second,
  };
}
