import { blockHead } from "./block.js";
import { Blocks, type UsedBlock } from "./blocks.js";
import type { FlashPartition } from "./partition.js";
import { BlockBytes, deferredAt, encodeDeferred, noSequence, recordBytes, type RecordHead } from "./record.js";
import { RecordIndex } from "./recordindex.js";
import { scanBlock } from "./scan.js";
import { stateBuffer, stateBytes } from "./state.js";

/** Times that the other blocks are begun before one is emptied that holds more. */
const turns = 8;

export interface LogOptions {
  /** For error messages. */
  name: string;
  /** Live records at a time, at most; the index takes 16 bytes of memory each. */
  records: number;
  /** Bytes of the longest payload; default 1,024. */
  longest?: number;
}

export interface NewRecord {
  kind: number;
  key: number;
  payload: Uint8Array;
  /** Index of the record that it takes the place of: after a power cut the one or the other is there. */
  supersedes?: number;
  /** There is to be room for a word that `setDeferred` writes later; default false. */
  deferred?: boolean;
  /** A number kept in memory alone: a reset makes it 0, which is the default. */
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
  /** What `setDeferred` was given. */
  deferred: number | undefined;
}

/**
 * Records in NOR flash that each are there wholly or not at all, whenever the power fails: log.md says how. Blocks are filled in turn; one
 * is always free, and when it is needed the live records of the emptiest block are copied into it.
 */
export class Log {
  readonly #flash: FlashPartition;
  readonly #options: Required<LogOptions>;
  readonly #blocks: Blocks;
  /** The live records; only to be read. */
  readonly index: RecordIndex;
  #damaged = 0;
  #nextSequence = 0;

  /** Reads what is there. @throws RangeError for fewer than two blocks */
  constructor(flash: FlashPartition, { name, records, longest = 1024 }: LogOptions) {
    const { blockSize } = flash;
    const blocks = Math.floor(flash.byteLength / blockSize);
    const fits = blockSize - blockHead - recordBytes(0, true);
    if (blocks < 2) throw new RangeError(`${name}: ${blocks} blocks of ${blockSize} bytes, at least 2 needed`);
    if (longest > fits) throw new RangeError(`${name}: payloads of ${longest} bytes, at most ${fits} fit a block`);
    this.#flash = flash;
    this.#options = { name, records, longest };
    this.#blocks = new Blocks(flash);
    // One more: a record and the one that it supersedes are there together for a moment.
    this.index = new RecordIndex(records + 1);
    const { used, nextSequence } = this.#blocks.open();
    this.#nextSequence = nextSequence;
    for (const block of used) this.#openBlock(block);
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

  /** @returns false when there is no room, and nothing was written */
  append(record: NewRecord): boolean {
    const { kind, key, payload, supersedes, deferred = false, memo = 0, sequence = this.#nextSequence } = record;
    const { name, records, longest } = this.#options;
    const { length } = payload;
    if (length > longest) throw new RangeError(`${name}: ${length} bytes, at most ${longest}`);
    if (this.count >= records + (supersedes === undefined ? 0 : 1)) return false;
    const old = supersedes === undefined ? noSequence : this.index.sequence(supersedes);
    const bytes = recordBytes(length, deferred);
    while (this.#makeRoom(bytes)) {
      const at = this.#blocks.append({ length, deferred, kind, key, sequence, supersedes: old }, payload);
      // A block that does not hold what is written is left behind.
      if (at < 0) continue;
      this.#used(sequence);
      const offset = this.#blocks.newest * this.#blocks.size + at;
      const gone = old === noSequence ? -1 : this.index.indexOf(old);
      const oldOffset = gone < 0 ? 0 : this.index.offset(gone);
      if (gone >= 0) this.index.remove(gone);
      this.index.insert(offset, sequence, bytes, kind, key, memo);
      // Last, so that what is known is true when it fails: the new one says what it supersedes.
      if (gone >= 0) this.#finish(oldOffset);
      return true;
    }
    return false;
  }

  /** Whether there would be room for a payload of `length` bytes if the records that `mayGo` says were gone. */
  wouldFit(length: number, deferred: boolean, mayGo: (index: number) => boolean): boolean {
    let stay = 0;
    for (let i = 0; i < this.count; i++) if (!mayGo(i)) stay++;
    if (stay >= this.#options.records) return false;
    const bytes = recordBytes(length, deferred);
    if (this.#blocks.hasRoom(bytes)) return true;
    for (let block = 0; block < this.#blocks.count; block++) {
      if (this.#blocks.generation(block) === 0) continue;
      if (blockHead + this.#liveBytes(block, mayGo) + bytes <= this.#blocks.size) return true;
    }
    return this.#blocks.freeCount >= 2;
  }

  /** @returns undefined when the record has become corrupt since the start: it is removed, and counted */
  read(index: number): LogRecord | undefined {
    const memo = this.index.memo(index);
    const found = this.#load(index);
    if (!found) return undefined;
    const { sequence, kind, key } = found.head;
    return { sequence, kind, key, payload: found.payload, memo, deferred: found.deferred };
  }

  /** Writes the deferred word of a record that has room for one; once. */
  setDeferred(index: number, word: number): void {
    const offset = this.index.offset(index);
    const length = this.#bytesOf(index).head(offset % this.#blocks.size)?.length;
    if (length !== undefined) this.#flash.write(offset + deferredAt(length), 8, encodeDeferred(word));
  }

  remove(index: number): void {
    this.#finish(this.index.offset(index));
    this.index.remove(index);
  }

  /** Forgets everything but the next sequence number. A power cut may leave some of it. */
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

  /** A record as flash has it; a corrupt one is removed. */
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

  #liveBytes(block: number, mayGo?: (index: number) => boolean): number {
    let bytes = 0;
    for (let i = 0; i < this.count; i++) if (this.#blockOf(i) === block && !mayGo?.(i)) bytes += this.index.bytes(i);
    return bytes;
  }

  /** Sees to it that a record of `bytes` bytes can be appended. */
  #makeRoom(bytes: number): boolean {
    const blocks = this.#blocks;
    while (!blocks.hasRoom(bytes)) {
      const free = blocks.freeCount;
      const victim = this.#victim(bytes, free > 0);
      if (free >= 2 || (free === 1 && blocks.usedCount === 0)) this.#begin();
      else if (victim < 0 || (free === 0 && this.#liveBytes(victim) > 0)) return false;
      else if (free === 1) this.#empty(victim);
      // The free one went bad.
      else blocks.retire(victim);
    }
    return true;
  }

  /**
   * The block to be emptied, so that there is room for `bytes` more in its place: the one with the fewest live bytes, of several the oldest; one in
   * which records stay for long has its turn too. -1: there is none.
   */
  #victim(bytes: number, mayCopy: boolean): number {
    const blocks = this.#blocks;
    let [victim, least] = [-1, blocks.size - blockHead - bytes + 1];
    for (let block = 0; block < blocks.count; block++) {
      const generation = blocks.generation(block);
      if (generation === 0) continue;
      const isOverdue = mayCopy && blocks.lastGeneration - generation > turns * blocks.count;
      const live = this.#liveBytes(block);
      const weight = isOverdue && blockHead + live + bytes <= blocks.size ? -1 : live;
      if (weight < least || (weight === least && victim >= 0 && generation < blocks.generation(victim)))
        [victim, least] = [block, weight];
    }
    return victim;
  }

  #begin(): void {
    const block = this.#blocks.nextFree();
    const generation = this.#blocks.begin(block, this.#nextSequence, 0);
    if (generation > 0) this.#blocks.use(block, generation, blockHead);
  }

  /** Copies a block's live records into the free one, which then takes its place; when the free one is bad the block stays as it is. */
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
      // The next one has its index.
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

  #openBlock({ block, head: { generation, isFirm } }: UsedBlock): void {
    const { size } = this.#blocks;
    const base = block * size;
    const end = scanBlock(new BlockBytes(this.#flash.read(base, size), generation), {
      begun: ({ sequence, supersedes }, state) => {
        this.#used(sequence);
        if (state === "open" || state === "void" || supersedes === noSequence) return;
        // The power failed before the superseded one was removed.
        const old = this.index.indexOf(supersedes);
        if (old >= 0) this.remove(old);
      },
      live: (at, { sequence, length, deferred, kind, key }) => {
        // Of a block that could not be given up.
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
        // Counted once.
        this.#finish(base + at);
      },
      unfinished: (at, word) => this.#flash.write(base + at, stateBytes, Uint32Array.of(word).buffer),
    });
    // The power failed while its head was written.
    if (end > blockHead || isFirm) this.#blocks.use(block, generation, end);
  }
}
