import { crc32 } from "./crc32.js";
import { stateBytes } from "./state.js";

/** Bytes of a record's head: state word, the fields that the head's CRC covers, that CRC. */
export const recordHead = 24;
const checkedFrom = stateBytes;
const payloadCheckAt = 16;
const checkAt = 20;
const deferredFlag = 0x8000;
const deferredBytes = 8;
export const noSequence = 0xffffffff;

export interface RecordHead {
  /** Bytes of the payload. */
  length: number;
  /** A word is reserved that is written later. */
  deferred: boolean;
  kind: number;
  key: number;
  sequence: number;
  /** Sequence number; `noSequence`: none. */
  supersedes: number;
}

const padded = (length: number): number => recordHead + ((length + 3) & ~3);

/** Size of a record in flash. */
export const recordBytes = (length: number, deferred: boolean): number =>
  padded(length) + (deferred ? deferredBytes : 0);

/** Offset of the deferred word in a record with a payload of this length. */
export const deferredAt = padded;

/** Seed of a head's CRC: a head is valid only at its own place. */
const placeOf = (generation: number, at: number): number => (Math.imul(generation, 4096) + at) >>> 0;

/** A record with its state open. @param at its place in the block */
export function encodeRecord(
  generation: number,
  at: number,
  head: RecordHead,
  payload: Uint8Array,
  deferred?: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(recordBytes(head.length, head.deferred)).fill(0xff);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, head.length | (head.deferred ? deferredFlag : 0), true);
  view.setUint8(6, head.kind);
  view.setUint8(7, head.key);
  view.setUint32(8, head.sequence, true);
  view.setUint32(12, head.supersedes, true);
  view.setUint32(payloadCheckAt, crc32(payload), true);
  view.setUint32(checkAt, crc32(bytes, placeOf(generation, at), checkedFrom, checkAt), true);
  bytes.set(payload, recordHead);
  if (deferred !== undefined) bytes.set(new Uint8Array(encodeDeferred(deferred)), padded(head.length));
  return bytes;
}

export function encodeDeferred(word: number): ArrayBuffer {
  return Uint32Array.of(word, ~word).buffer;
}

/** Bytes of a block, read from offset `start` on. All offsets are relative to the block's first byte. */
export class BlockBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #generation: number;
  readonly #start: number;
  /** Offset after the last of them. */
  readonly end: number;

  constructor(buffer: ArrayBuffer, generation: number, start = 0) {
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#generation = generation;
    this.#start = start;
    this.end = start + buffer.byteLength;
  }

  state(at: number): number {
    return this.#view.getUint32(at - this.#start, true);
  }

  /** The head of the record at `at`; undefined when it is invalid. */
  head(at: number): RecordHead | undefined {
    const from = at - this.#start;
    const flags = this.#view.getUint16(from + 4, true);
    const length = flags & ~deferredFlag;
    const deferred = (flags & deferredFlag) !== 0;
    if (at + recordBytes(length, deferred) > this.end) return undefined;
    const check = crc32(this.#bytes, placeOf(this.#generation, at), from + checkedFrom, from + checkAt);
    if (this.#view.getUint32(from + checkAt, true) !== check) return undefined;
    return {
      length,
      deferred,
      kind: this.#view.getUint8(from + 6),
      key: this.#view.getUint8(from + 7),
      sequence: this.#view.getUint32(from + 8, true),
      supersedes: this.#view.getUint32(from + 12, true),
    };
  }

  /** The payload of the record at `at`, whose head is valid; undefined when the payload is corrupt. Not a copy. */
  payload(at: number, { length }: RecordHead): Uint8Array | undefined {
    const from = at - this.#start;
    const payload = this.#bytes.subarray(from + recordHead, from + recordHead + length);
    return this.#view.getUint32(from + payloadCheckAt, true) === crc32(payload) ? payload : undefined;
  }

  /** The deferred word; undefined when it was not written, or not completely. */
  deferred(at: number, { length }: RecordHead): number | undefined {
    const from = at - this.#start + padded(length);
    const word = this.#view.getUint32(from, true);
    return (word ^ this.#view.getUint32(from + 4, true)) >>> 0 === 0xffffffff ? word : undefined;
  }

  isErased(at: number): boolean {
    for (let i = at - this.#start; i < this.#bytes.length; i++) if (this.#bytes[i] !== 0xff) return false;
    return true;
  }
}
