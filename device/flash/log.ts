import { blockHead } from "./block.js";
import { Blocks, type UsedBlock } from "./blocks.js";
import type { Fields, RetainedPart } from "./fields.js";
import type { FlashPartition } from "./partition.js";
import { BlockBytes, deferredAt, encodeDeferred, noSequence, recordBytes, type RecordHead } from "./record.js";
import { RecordIndex } from "./recordindex.js";
import { scanBlock } from "./scan.js";
import { stateBuffer, stateBytes } from "./state.js";
import { victimOf } from "./victim.js";

/** With more live records than this the log does not outlast the program: it would take too much of that memory. */
const mostRetained = 32;
/** The log is scanned at least every so many starts: a day's, so that what has become corrupt is found. */
const startsPerScan = 96;

export interface LogOptions {
  /** For error messages. */
  name: string;
  /** Maximum number of live records; the index takes 16 bytes of RAM for each. */
  records: number;
  /** Maximum payload in bytes; default 1,024. */
  maxPayload?: number;
}

/** Restores a part from memory that outlasts the program, and stores it from now on. */
export type Retain = (part: RetainedPart) => void;

export interface NewRecord {
  kind: number;
  key: number;
  payload: Uint8Array;
  /** Index of the record that it replaces: after a power cut exactly one of the two exists, or the next start removes the older. */
  supersedes?: number;
  /** Reserve a word that `setDeferred` writes later; default false. */
  deferred?: boolean;
  /** A number held in RAM only: 0 after a reset, and by default. */
  memo?: number;
  /** Default: the next one. */
  sequence?: number;
}

export interface LogRecord {
  sequence: number;
  kind: number;
  key: number;
  payload: Uint8Array;
  memo: number;
  /** The word written by `setDeferred`. */
  deferred: number | undefined;
}

/**
 * Power-cut-proof records in NOR flash: each is written completely or not at all (see log.md). Blocks are filled round-robin; one is always
 * free, and when it is needed the live records of the block with the fewest are copied into it (garbage collection).
 */
export class Log implements RetainedPart {
  readonly #flash: FlashPartition;
  readonly #options: Required<LogOptions>;
  readonly #blocks: Blocks;
  /** The live records; read-only for callers. */
  readonly index: RecordIndex;
  #damaged = 0;
  #nextSequence = 0;
  #isRestored = false;
  #startsUntilScan = startsPerScan;

  /** Scans the flash, unless `retain` restores what is in it. @throws RangeError for fewer than two blocks */
  constructor(flash: FlashPartition, { name, records, maxPayload = 1024 }: LogOptions, retain?: Retain) {
    const { blockSize } = flash;
    const blocks = Math.floor(flash.byteLength / blockSize);
    const fits = blockSize - blockHead - recordBytes(0, true);
    if (blocks < 2) throw new RangeError(`${name}: ${blocks} blocks of ${blockSize} bytes, at least 2 needed`);
    if (maxPayload > fits)
      throw new RangeError(`${name}: payloads of ${maxPayload} bytes, at most ${fits} fit a block`);
    this.#flash = flash;
    this.#options = { name, records, maxPayload };
    this.#blocks = new Blocks(flash);
    // One more: a record and the one that it supersedes briefly coexist.
    this.index = new RecordIndex(records + 1);
    retain?.(this);
    if (!this.#isRestored) this.#scan();
  }

  #scan(): void {
    this.index.count = 0;
    this.#blocks.reset();
    const { used, nextSequence } = this.#blocks.open();
    this.#nextSequence = nextSequence;
    for (const block of used) this.#openBlock(block);
  }

  /** What a scan would find: it is right only if flash has not been written since, of which a few reads are the check. */
  layout(fields: Fields): void {
    const starts = fields.number(1, this.index.count > mostRetained ? 0 : this.#startsUntilScan);
    if (starts === 0) return;
    this.#nextSequence = fields.number(4, this.#nextSequence);
    this.#blocks.layout(fields);
    this.index.layout(fields);
    if (!fields.isReading) return;
    this.#startsUntilScan = starts - 1;
    this.#isRestored = this.#blocks.isAsRestored;
    for (let i = 0; i < this.count && this.#isRestored; i++)
      this.#isRestored = this.#blocks.isWritten(this.index.offset(i));
  }

  get count(): number {
    return this.index.count;
  }

  /** Counts up over the log's whole life. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Corrupt records found since the last call. */
  takeDamaged(): number {
    const damaged = this.#damaged;
    this.#damaged = 0;
    return damaged;
  }

  /** Writes since the last call that were not what was read back: their blocks are not used again before the next start. */
  takeFailedWrites(): number {
    const failed = this.#blocks.failedWrites;
    this.#blocks.failedWrites = 0;
    return failed;
  }

  /** Blocks erased in the log's life: one for each block that was begun. */
  get erases(): number {
    return this.#blocks.lastGeneration;
  }

  /** Bytes that fit before a new block is begun. */
  get room(): number {
    return this.#blocks.room;
  }

  /** Begins a new block although the newest one has room; nothing happens when it would not have more. */
  renew(): void {
    this.#makeRoom(this.room + 1);
  }

  /** @returns false when there is no room, and nothing was written */
  append(record: NewRecord): boolean {
    const { kind, key, payload, supersedes, deferred = false, memo = 0, sequence = this.#nextSequence } = record;
    const { name, records, maxPayload } = this.#options;
    const { length } = payload;
    if (length > maxPayload) throw new RangeError(`${name}: ${length} bytes, at most ${maxPayload}`);
    if (this.count >= records + (supersedes === undefined ? 0 : 1)) return false;
    const old = supersedes === undefined ? noSequence : this.index.sequence(supersedes);
    const bytes = recordBytes(length, deferred);
    while (this.#makeRoom(bytes)) {
      const at = this.#blocks.append({ length, deferred, kind, key, sequence, supersedes: old }, payload);
      // The write failed verification: try the next block.
      if (at < 0) continue;
      this.#used(sequence);
      const offset = this.#blocks.newest * this.#blocks.size + at;
      const replaced = old === noSequence ? -1 : this.index.indexOf(old);
      const oldOffset = replaced < 0 ? 0 : this.index.offset(replaced);
      if (replaced >= 0) this.index.remove(replaced);
      this.index.insert(offset, sequence, bytes, kind, key, memo);
      // Last, so that the index is right even if this write fails: the new record names the one that it supersedes.
      if (replaced >= 0) this.#finish(oldOffset);
      return true;
    }
    return false;
  }

  /** Whether a payload of `length` bytes would fit if all records that `isEvictable` accepts were removed. */
  wouldFit(length: number, deferred: boolean, isEvictable: (index: number) => boolean): boolean {
    let remaining = 0;
    for (let i = 0; i < this.count; i++) if (!isEvictable(i)) remaining++;
    if (remaining >= this.#options.records) return false;
    const bytes = recordBytes(length, deferred);
    if (this.#blocks.hasRoom(bytes)) return true;
    for (let block = 0; block < this.#blocks.count; block++) {
      if (this.#blocks.generation(block) === 0) continue;
      if (blockHead + this.#liveBytes(block, isEvictable) + bytes <= this.#blocks.size) return true;
    }
    return this.#blocks.freeCount >= 2;
  }

  /** @returns undefined when the record has become corrupt since the start: it is removed and counted as damaged */
  read(index: number): LogRecord | undefined {
    const memo = this.index.memo(index);
    const found = this.#load(index);
    if (!found) return undefined;
    const { sequence, kind, key } = found.head;
    return { sequence, kind, key, payload: found.payload, memo, deferred: found.deferred };
  }

  /** Writes the deferred word of a record that reserved one; only once. */
  setDeferred(index: number, word: number): void {
    const offset = this.index.offset(index);
    const length = this.#bytesOf(index).head(offset % this.#blocks.size)?.length;
    if (length !== undefined) this.#flash.write(offset + deferredAt(length), 8, encodeDeferred(word));
  }

  remove(index: number): void {
    this.#finish(this.index.offset(index));
    this.index.remove(index);
  }

  /** Removes all records; the sequence number goes on. A power cut may leave some of them. */
  clear(): void {
    for (let block = 0; block < this.#blocks.count; block++)
      if (this.#blocks.generation(block) > 0) this.#blocks.retire(block);
    this.index.count = 0;
  }

  #finish(offset: number): void {
    this.#flash.write(offset, stateBytes, stateBuffer("done"));
  }

  #used(sequence: number): void {
    if (sequence >= this.#nextSequence) this.#nextSequence = sequence + 1;
  }

  #bytesOf(index: number): BlockBytes {
    const offset = this.index.offset(index);
    const block = this.#blockOf(index);
    return new BlockBytes(
      this.#flash.read(offset, this.index.bytes(index)),
      this.#blocks.generation(block),
      offset % this.#blocks.size,
    );
  }

  /** Reads a record from flash; a corrupt one is removed. */
  #load(index: number): { head: RecordHead; payload: Uint8Array; deferred: number | undefined } | undefined {
    const at = this.index.offset(index) % this.#blocks.size;
    const bytes = this.#bytesOf(index);
    const head = bytes.head(at);
    const payload = head && bytes.payload(at, head);
    if (payload) return { head, payload, deferred: head.deferred ? bytes.deferred(at, head) : undefined };
    this.#damaged++;
    this.remove(index);
    return undefined;
  }

  #blockOf(index: number): number {
    return Math.floor(this.index.offset(index) / this.#blocks.size);
  }

  #liveBytes(block: number, isEvictable?: (index: number) => boolean): number {
    let bytes = 0;
    for (let i = 0; i < this.count; i++)
      if (this.#blockOf(i) === block && !isEvictable?.(i)) bytes += this.index.bytes(i);
    return bytes;
  }

  /** Makes room for a record of `bytes` bytes. */
  #makeRoom(bytes: number): boolean {
    const blocks = this.#blocks;
    while (!blocks.hasRoom(bytes)) {
      const free = blocks.freeCount;
      const victim = victimOf(blocks, (block) => this.#liveBytes(block), bytes, free > 0);
      if (free >= 2 || (free === 1 && blocks.usedCount === 0)) this.#begin();
      else if (victim < 0 || (free === 0 && this.#liveBytes(victim) > 0)) return false;
      else if (free === 1) this.#empty(victim);
      // The free block went bad.
      else blocks.retire(victim);
    }
    return true;
  }

  #begin(): void {
    const block = this.#blocks.nextFree();
    const generation = this.#blocks.begin(block, this.#nextSequence, 0);
    if (generation > 0) this.#blocks.use(block, generation, blockHead);
  }

  /** Copies a block's live records into the free one, which replaces it; when the free one is bad the block stays as it is. */
  #empty(victim: number): void {
    const blocks = this.#blocks;
    const target = blocks.nextFree();
    const generation = blocks.begin(target, this.#nextSequence, blocks.generation(victim));
    if (generation === 0) return;
    let at = blockHead;
    let isGood = true;
    for (let i = 0; i < this.count && isGood; i++) {
      if (this.#blockOf(i) !== victim) continue;
      const bytes = this.index.bytes(i);
      const found = this.#load(i);
      // Removed: the next record now has this index.
      if (!found) i--;
      else isGood = blocks.writeRecord(target, generation, at, found.head, found.payload, found.deferred);
      if (found) at += bytes;
    }
    if (!isGood || !blocks.finishCopy(target)) return blocks.retire(target);
    at = blockHead;
    for (let i = 0; i < this.count; i++) {
      if (this.#blockOf(i) !== victim) continue;
      this.index.move(i, target * blocks.size + at);
      at += this.index.bytes(i);
    }
    blocks.use(target, generation, at);
    blocks.retire(victim);
  }

  #openBlock({ block, head: { generation, areBothHeadsValid } }: UsedBlock): void {
    const { size } = this.#blocks;
    const base = block * size;
    const end = scanBlock(new BlockBytes(this.#flash.read(base, size), generation), {
      started: ({ sequence, supersedes }, state) => {
        this.#used(sequence);
        if (state === "open" || state === "void" || supersedes === noSequence) return;
        // The power failed before the superseded record was removed.
        const old = this.index.indexOf(supersedes);
        if (old >= 0) this.remove(old);
      },
      live: (at, { sequence, length, deferred, kind, key }) => {
        // A duplicate, left by a block that could not be released.
        const twin = this.index.indexOf(sequence);
        if (twin >= 0) this.index.remove(twin);
        if (this.index.isFull) {
          this.#damaged++;
          this.index.remove(0);
        }
        this.index.insert(base + at, sequence, recordBytes(length, deferred), kind, key, 0);
      },
      damaged: (at) => {
        this.#damaged++;
        // So that it is counted once.
        this.#finish(base + at);
      },
      unfinished: (at, word) => this.#flash.write(base + at, stateBytes, Uint32Array.of(word).buffer),
    });
    // Otherwise the power failed while the head was written.
    if (end > blockHead || areBothHeadsValid) this.#blocks.use(block, generation, end);
  }
}
