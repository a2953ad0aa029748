import { crc32 } from "../flash/crc32.js";
import { readU32, writeU32 } from "./security.js";
import type { SessionFlash } from "./types.js";

/** A record: magic, kind, length (2 bytes), generation (4), payload, CRC-32 of all before it; padded to 4 bytes. */
const magic = 0xa5;
const headBytes = 8;
const kinds = { full: 1, counters: 2 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** What a mirror's log holds: the newest record of each kind. */
interface Found {
  full: Uint8Array | undefined;
  fullGeneration: number;
  counters: Uint8Array | undefined;
  countersGeneration: number;
}

/**
 * Keeps the session in NOR flash: two mirrors, each a log in a ring of at least two blocks. Every record is written to the first mirror and
 * then to the second, so that neither a torn write nor a block gone bad loses the newest state. A block starts with a full record; after
 * it the small counter records follow, so that flash is worn little.
 */
export class SessionStore {
  readonly #flash: SessionFlash;
  readonly #mirrors: Mirror[];
  #generation = 0;

  /** @throws RangeError when the partition has fewer than 4 blocks */
  constructor(flash: SessionFlash) {
    const blocks = Math.floor(flash.byteLength / flash.blockSize);
    if (blocks < 4)
      throw new RangeError(`session partition: ${blocks} blocks of ${flash.blockSize} bytes, at least 4 needed`);
    this.#flash = flash;
    const half = blocks >> 1;
    this.#mirrors = [new Mirror(flash, 0, half), new Mirror(flash, half, half)];
  }

  /** The newest full record that is whole in a mirror, and the newest counters after it; undefined when there is none. */
  load(): { full: Uint8Array; counters: Uint8Array | undefined } | undefined {
    const newest: Found = { full: undefined, fullGeneration: 0, counters: undefined, countersGeneration: 0 };
    for (const mirror of this.#mirrors) mirror.scan(newest);
    this.#generation = Math.max(newest.fullGeneration, newest.countersGeneration);
    if (!newest.full) return undefined;
    return {
      full: newest.full,
      counters: newest.countersGeneration > newest.fullGeneration ? newest.counters : undefined,
    };
  }

  /** Writes everything, atomically. */
  saveFull(full: Uint8Array): void {
    this.#save(kinds.full, full, full);
  }

  /** Writes the counters; `full` (counters included) is what a fresh block starts with. */
  saveCounters(counters: Uint8Array, full: () => Uint8Array): void {
    this.#save(kinds.counters, counters, full);
  }

  #save(kind: Kind, payload: Uint8Array, full: Uint8Array | (() => Uint8Array)): void {
    this.#generation++;
    for (const mirror of this.#mirrors) {
      if (mirror.append(kind, payload, this.#generation)) continue;
      const whole = typeof full === "function" ? full() : full;
      // A block that does not take what is written is left behind; after a turn around the ring there is nothing more to try.
      for (let tries = 0; tries < this.#flash.byteLength / this.#flash.blockSize; tries++) {
        mirror.nextBlock();
        if (mirror.append(kinds.full, whole, this.#generation)) break;
      }
    }
  }
}

class Mirror {
  readonly #flash: SessionFlash;
  readonly #first: number;
  readonly #count: number;
  /** Where the next record goes; -1: only after nextBlock(). */
  #offset = -1;
  #block = 0;
  /** Generation of the newest record, to know the block that is in use. */
  #newest = -1;

  constructor(flash: SessionFlash, first: number, count: number) {
    this.#flash = flash;
    this.#first = first;
    this.#count = count;
  }

  scan(found: Found): void {
    for (let block = 0; block < this.#count; block++) this.#scanBlock(block, found);
  }

  #scanBlock(block: number, found: Found): void {
    const size = this.#flash.blockSize;
    const base = (this.#first + block) * size;
    let offset = 0;
    while (offset + headBytes + 4 <= size) {
      const head = this.#read(base + offset, headBytes);
      const length = head[2]! | (head[3]! << 8);
      if (head[0] !== magic || offset + recordBytes(length) > size) break;
      const record = this.#read(base + offset, headBytes + length + 4);
      if (crc32(record.subarray(0, headBytes + length)) !== readU32(record, headBytes + length)) break;
      offset += recordBytes(length);
      const generation = readU32(record, 4);
      const payload = record.subarray(headBytes, headBytes + length);
      if (head[1] === kinds.full && generation > found.fullGeneration) {
        found.full = payload;
        found.fullGeneration = generation;
      } else if (head[1] === kinds.counters && generation > found.countersGeneration) {
        found.counters = payload;
        found.countersGeneration = generation;
      }
      if (generation > this.#newest) {
        this.#newest = generation;
        this.#block = block;
        this.#offset = 0;
      }
    }
    // What follows a torn write cannot be written again before the block is erased.
    if (this.#block === block && this.#offset >= 0)
      this.#offset = this.#isErased(base + offset, size - offset) ? offset : -1;
  }

  #isErased(at: number, length: number): boolean {
    for (let done = 0; done < length; done += 256) {
      if (this.#read(at + done, Math.min(256, length - done)).some((byte) => byte !== 0xff)) return false;
    }
    return true;
  }

  /** False when the block has no room for it or does not hold what was written. */
  append(kind: Kind, payload: Uint8Array, generation: number): boolean {
    const total = recordBytes(payload.length);
    if (this.#offset < 0 || this.#offset + total > this.#flash.blockSize) return false;
    const record = new Uint8Array(total).fill(0xff);
    record[0] = magic;
    record[1] = kind;
    record[2] = payload.length;
    record[3] = payload.length >> 8;
    writeU32(record, 4, generation);
    record.set(payload, headBytes);
    writeU32(record, headBytes + payload.length, crc32(record.subarray(0, headBytes + payload.length)));
    const at = (this.#first + this.#block) * this.#flash.blockSize + this.#offset;
    this.#flash.write(at, total, record.buffer);
    const written = this.#read(at, total);
    this.#offset = written.every((byte, i) => byte === record[i]) ? this.#offset + total : -1;
    return this.#offset >= 0;
  }

  nextBlock(): void {
    this.#block = (this.#block + 1) % this.#count;
    this.#flash.erase(this.#first + this.#block);
    this.#offset = 0;
  }

  #read(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#flash.read(at, length));
  }
}

function recordBytes(payload: number): number {
  return (headBytes + payload + 4 + 3) & ~3;
}
