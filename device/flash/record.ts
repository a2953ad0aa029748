import { crc32 } from "./crc32.js";

/**
 * A record: a word that is cleared when it is done with; CRC-32 of what follows; length (uint16), port, importance and flags, sequence,
 * number of the record that it supersedes (uint16 each); the payload, padded to 4. With `deferredTimeFlag`, behind that and not under the CRC:
 * a word that is written once, when it is known, and its complement.
 */
export const recordHead = 16;
export const longestPayload = 1024;

const supersedesFlag = 0x80;
const deferredTimeFlag = 0x40;
const importanceMask = 0x3f;
const deferredTimeBytes = 8;

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
  deferred: boolean;
}

export interface NewRecord {
  port: number;
  importance: number;
  sequence: number;
  payload: Uint8Array;
  supersedes?: number;
  /** There is to be a word that is written later; `deferredTime` is what it holds already. */
  deferred: boolean;
  deferredTime?: number;
}

const padded = (length: number): number => recordHead + ((length + 3) & ~3);

export const recordBytes = (length: number, deferred: boolean): number =>
  padded(length) + (deferred ? deferredTimeBytes : 0);

/** Where in a record of such a payload the deferred timestamp is. */
export const deferredTimeAt = padded;

export function encodeRecord({
  port,
  importance,
  sequence,
  payload,
  supersedes,
  deferred,
  deferredTime,
}: NewRecord): ArrayBuffer {
  const bytes = new Uint8Array(recordBytes(payload.length, deferred));
  const view = new DataView(bytes.buffer);
  const end = padded(payload.length);
  view.setUint16(8, payload.length, true);
  view.setUint8(10, port);
  view.setUint8(11, importance | (deferred ? deferredTimeFlag : 0) | (supersedes === undefined ? 0 : supersedesFlag));
  view.setUint16(12, sequence, true);
  view.setUint16(14, supersedes ?? 0, true);
  bytes.set(payload, recordHead);
  view.setUint32(0, 0xffffffff, true);
  view.setUint32(4, crc32(bytes.subarray(8, end)), true);
  if (deferred)
    bytes.set(
      deferredTime === undefined
        ? new Uint8Array(deferredTimeBytes).fill(0xff)
        : new Uint8Array(encodeDeferredTime(deferredTime)),
      end,
    );
  return bytes.buffer as ArrayBuffer;
}

/** The head of the record at `at`; whether it is one, `isWhole` says. */
export function readHead(view: DataView, at: number): RecordHead {
  const length = view.getUint16(at + 8, true);
  const flags = view.getUint8(at + 11);
  const deferred = (flags & deferredTimeFlag) !== 0;
  const supersedes = flags & supersedesFlag ? view.getUint16(at + 14, true) : -1;
  return {
    length,
    bytes: recordBytes(length, deferred),
    port: view.getUint8(at + 10),
    importance: flags & importanceMask,
    sequence: view.getUint16(at + 12, true),
    supersedes,
    deferred,
  };
}

/** Whether a record is there from its first byte to its last. */
export function isWhole(bytes: Uint8Array, view: DataView, at: number, head: RecordHead): boolean {
  if (head.length > longestPayload || at + head.bytes > bytes.length) return false;
  return view.getUint32(at + 4, true) === crc32(bytes.subarray(at + 8, at + padded(head.length)));
}

export function encodeDeferredTime(word: number): ArrayBuffer {
  return Uint32Array.of(word, ~word).buffer as ArrayBuffer;
}

/** The deferred timestamp; undefined while it is not written, and when the power failed while it was. */
export function decodeDeferredTime(bytes: ArrayBuffer): number | undefined {
  const [word, complement] = new Uint32Array(bytes) as unknown as [number, number];
  return (word ^ complement) >>> 0 === 0xffffffff ? word : undefined;
}
