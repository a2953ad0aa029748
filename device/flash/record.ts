import { crc32 } from "./crc32.js";

/**
 * A record: a word that is cleared when it is done with; CRC-32 of what follows; length (uint16), port, importance and flags, sequence,
 * number of the record that it supersedes (uint16 each); the payload, padded to 4. With `lateFlag`, behind that and not under the CRC:
 * a word that is written once, when it is known, and its complement.
 */
export const recordHead = 16;
export const longestPayload = 1024;

const supersedesFlag = 0x80;
const lateFlag = 0x40;
const importanceMask = 0x3f;
const lateBytes = 8;

export interface RecordHead {
  /** Of the payload. */
  length: number;
  /** Of all. */
  bytes: number;
  port: number;
  importance: number;
  sequence: number;
  /** Sequence number; -1: none. */
  supersedes: number;
  isLate: boolean;
}

export interface NewRecord {
  port: number;
  importance: number;
  sequence: number;
  payload: Uint8Array;
  supersedes?: number;
  /** There is to be a word that is written later; `late` is what it holds already. */
  isLate: boolean;
  late?: number;
}

const padded = (length: number): number => recordHead + ((length + 3) & ~3);

export const recordBytes = (length: number, isLate: boolean): number => padded(length) + (isLate ? lateBytes : 0);

/** Where in a record of such a payload the late word is. */
export const lateAt = padded;

export function encodeRecord({
  port,
  importance,
  sequence,
  payload,
  supersedes,
  isLate,
  late,
}: NewRecord): ArrayBuffer {
  const bytes = new Uint8Array(recordBytes(payload.length, isLate));
  const view = new DataView(bytes.buffer);
  const end = padded(payload.length);
  view.setUint16(8, payload.length, true);
  view.setUint8(10, port);
  view.setUint8(11, importance | (isLate ? lateFlag : 0) | (supersedes === undefined ? 0 : supersedesFlag));
  view.setUint16(12, sequence, true);
  view.setUint16(14, supersedes ?? 0, true);
  bytes.set(payload, recordHead);
  view.setUint32(0, 0xffffffff, true);
  view.setUint32(4, crc32(bytes.subarray(8, end)), true);
  if (isLate)
    bytes.set(late === undefined ? new Uint8Array(lateBytes).fill(0xff) : new Uint8Array(encodeLate(late)), end);
  return bytes.buffer as ArrayBuffer;
}

/** The head of the record at `at`; whether it is one, `isWhole` says. */
export function readHead(view: DataView, at: number): RecordHead {
  const length = view.getUint16(at + 8, true);
  const flags = view.getUint8(at + 11);
  const isLate = (flags & lateFlag) !== 0;
  const supersedes = flags & supersedesFlag ? view.getUint16(at + 14, true) : -1;
  return {
    length,
    bytes: recordBytes(length, isLate),
    port: view.getUint8(at + 10),
    importance: flags & importanceMask,
    sequence: view.getUint16(at + 12, true),
    supersedes,
    isLate,
  };
}

/** Whether a record is there from its first byte to its last. */
export function isWhole(bytes: Uint8Array, view: DataView, at: number, head: RecordHead): boolean {
  if (head.length > longestPayload || at + head.bytes > bytes.length) return false;
  return view.getUint32(at + 4, true) === crc32(bytes.subarray(at + 8, at + padded(head.length)));
}

export function encodeLate(word: number): ArrayBuffer {
  return Uint32Array.of(word, ~word).buffer as ArrayBuffer;
}

/** The late word; undefined while it is not written, and when the power failed while it was. */
export function decodeLate(bytes: ArrayBuffer): number | undefined {
  const [word, complement] = new Uint32Array(bytes) as unknown as [number, number];
  return (word ^ complement) >>> 0 === 0xffffffff ? word : undefined;
}
