import { crc32 } from "./crc32.js";
import { stateBytes, stateOf } from "./state.js";

/** "LOG1", little-endian. */
const magic = 0x31474f4c;
const copyBytes = 20;
/** Offset of the state word that marks the block's copy as complete; before it are the head and its duplicate. */
export const copiedAt = 2 * copyBytes;
/** Offset of the first record. */
export const blockHead = copiedAt + stateBytes;

export interface BlockHead {
  generation: number;
  nextSequence: number;
  /** Generation of the block whose records are copied here first; 0: none. */
  replaces: number;
  /** That copy is complete. */
  isCopied: boolean;
  /** Both copies of the head are valid. */
  areBothHeadsValid: boolean;
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

const isValidCopy = (view: DataView, bytes: Uint8Array, at: number): boolean =>
  view.getUint32(at, true) === magic && view.getUint32(at + 16, true) === crc32(bytes, 0, at, at + 16);

/** @returns undefined when neither copy is valid: the block is free */
export function decodeBlockHead(buffer: ArrayBuffer): BlockHead | undefined {
  const view = new DataView(buffer);
  // Most blocks are free: that costs no more than this.
  if (view.getUint32(0, true) !== magic && view.getUint32(copyBytes, true) !== magic) return undefined;
  const bytes = new Uint8Array(buffer);
  const first = isValidCopy(view, bytes, 0);
  const second = isValidCopy(view, bytes, copyBytes);
  if (!first && !second) return undefined;
  const at = first ? 0 : copyBytes;
  return {
    generation: view.getUint32(at + 4, true),
    nextSequence: view.getUint32(at + 8, true),
    replaces: view.getUint32(at + 12, true),
    isCopied: stateOf(view.getUint32(copiedAt, true)) === "written",
    areBothHeadsValid: first && second,
  };
}
