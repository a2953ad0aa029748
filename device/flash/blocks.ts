import { blockHead, copiedAt, decodeBlockHead, encodeBlockHead, type BlockHead } from "./block.js";
import type { Fields } from "./fields.js";
import type { FlashPartition } from "./partition.js";
import { encodeRecord, recordBytes, type RecordHead } from "./record.js";
import { stateBuffer, stateBytes, stateOf } from "./state.js";

/** Bytes after the last record that show whether another one was begun: its head. */
const nextBytes = 24;

interface Block {
  /** 0: free. */
  generation: number;
  /** Offset of the next record; the block's size when the block takes no more. */
  end: number;
  /** A write failed verification. The block is not used again before the next start. */
  isBad: boolean;
}

/** What `open` found in a block that is in use. */
export interface UsedBlock {
  block: number;
  head: BlockHead;
}

/** The blocks of a log: which are in use, which one is being written. The object's state matches flash even when a flash access throws. */
export class Blocks {
  readonly #flash: FlashPartition;
  readonly #blocks: Block[] = [];
  readonly size: number;
  /** Generation of the block started last. */
  lastGeneration = 0;
  /** Index of the block being written; -1: none. */
  newest = -1;
  /** Writes that were not what was read back. */
  failedWrites = 0;

  constructor(flash: FlashPartition) {
    this.#flash = flash;
    this.size = flash.blockSize;
    const count = Math.floor(flash.byteLength / flash.blockSize);
    for (let i = 0; i < count; i++) this.#blocks.push({ generation: 0, end: this.size, isBad: false });
  }

  get count(): number {
    return this.#blocks.length;
  }

  get freeCount(): number {
    let count = 0;
    for (const { generation, isBad } of this.#blocks) if (generation === 0 && !isBad) count++;
    return count;
  }

  get usedCount(): number {
    let count = 0;
    for (const { generation } of this.#blocks) if (generation > 0) count++;
    return count;
  }

  /** 0: the block is free. */
  generation(block: number): number {
    return this.#blocks[block]!.generation;
  }

  /** Whether a record of `bytes` bytes fits in the newest block. */
  hasRoom(bytes: number): boolean {
    return this.newest >= 0 && this.#blocks[this.newest]!.end + bytes <= this.size;
  }

  /** Bytes that the newest block still takes. */
  get room(): number {
    return this.newest < 0 ? 0 : this.size - this.#blocks[this.newest]!.end;
  }

  /** Reads the heads, and releases blocks whose copying a power cut interrupted. @returns the blocks in use, oldest first */
  open(): { used: UsedBlock[]; nextSequence: number } {
    const heads = this.#blocks.map((_, block) => this.#readHead(block));
    const blockOfGeneration = (generation: number) => heads.findIndex((head) => head?.generation === generation);
    const obsolete = new Set<number>();
    let nextSequence = 0;
    heads.forEach((head, block) => {
      if (!head) return;
      nextSequence = Math.max(nextSequence, head.nextSequence);
      const old = head.replaces > 0 ? blockOfGeneration(head.replaces) : -1;
      // The copies are valid once all are written; until then the originals are.
      if (old >= 0) obsolete.add(head.isCopied ? old : block);
      this.lastGeneration = Math.max(this.lastGeneration, head.generation);
    });
    const used: UsedBlock[] = [];
    heads.forEach((head, block) => {
      if (obsolete.has(block)) this.retire(block);
      else if (head) used.push({ block, head });
    });
    used.sort((a, b) => a.head.generation - b.head.generation);
    return { used, nextSequence };
  }

  /** Which blocks are in use, for memory that outlasts the program. */
  layout(fields: Fields): void {
    fields.expect(fields.number(1, this.count) === this.count);
    this.lastGeneration = fields.number(4, this.lastGeneration);
    const newest = fields.number(1, this.newest + 1) - 1;
    const end = fields.number(2, this.#blocks[this.newest]?.end ?? 0);
    for (let i = 0; i < this.count; i++) {
      const block = this.#blocks[i]!;
      block.generation = fields.number(4, block.generation);
    }
    fields.expect(newest >= 0 && newest < this.count);
    if (!fields.isReading) return;
    this.newest = newest;
    this.#blocks[newest]!.end = end;
  }

  /** Whether flash is as the restored state says: the newest block has its generation, nothing follows its last record, and no block was begun after it. */
  get isAsRestored(): boolean {
    const { generation, end } = this.#blocks[this.newest]!;
    const head = this.#readHead(this.newest);
    const free = this.nextFree();
    if (head?.generation !== generation || (free >= 0 && this.#readHead(free))) return false;
    const next = Math.min(nextBytes, this.size - end);
    if (next <= 0) return true;
    const bytes = new Uint8Array(this.#flash.read(this.newest * this.size + end, next));
    for (let i = 0; i < next; i++) if (bytes[i] !== 0xff) return false;
    return true;
  }

  /** As before `open`. */
  reset(): void {
    this.lastGeneration = 0;
    this.newest = -1;
    for (const block of this.#blocks) Object.assign(block, { generation: 0, end: this.size });
  }

  /** Marks the block as in use and newest. */
  use(block: number, generation: number, end: number): void {
    Object.assign(this.#blocks[block]!, { generation, end });
    this.newest = block;
  }

  /** The next free block in round-robin order; -1: none. */
  nextFree(): number {
    for (let i = 1; i <= this.count; i++) {
      const block = (this.newest + i) % this.count;
      const { generation, isBad } = this.#blocks[block]!;
      if (generation === 0 && !isBad) return block;
    }
    return -1;
  }

  /** Erases a free block and writes its head; it is in use from `use` on. @returns its generation; 0: the block is bad */
  begin(block: number, nextSequence: number, replaces: number): number {
    const generation = ++this.lastGeneration;
    this.#flash.erase(block);
    const head = encodeBlockHead(generation, nextSequence, replaces);
    return this.#writeWhole(block, 0, head) ? generation : 0;
  }

  /** Marks the copying into the block as complete. @returns false when the block is bad */
  finishCopy(block: number): boolean {
    return this.#writeState(block, copiedAt);
  }

  /** Releases the block: its contents are no longer valid. */
  retire(block: number): void {
    // Not the state word after it: an incomplete copy must never look complete.
    this.#flash.write(block * this.size, copiedAt, new ArrayBuffer(copiedAt));
    // Bits that are stuck at 1 keep the head valid: try an erase.
    if (this.#readHead(block)) this.#flash.erase(block);
    Object.assign(this.#blocks[block]!, { generation: 0, end: this.size });
    if (this.newest === block) this.newest = -1;
  }

  /** Writes a record into the newest block. @returns its offset in the block; -1: the block is bad */
  append(head: RecordHead, payload: Uint8Array): number {
    const state = this.#blocks[this.newest]!;
    const at = state.end;
    // Nothing is written after an incomplete record.
    state.end = this.size;
    if (!this.writeRecord(this.newest, state.generation, at, head, payload)) return -1;
    state.end = at + recordBytes(head.length, head.deferred);
    return at;
  }

  /** @returns false when the block is bad */
  writeRecord(
    block: number,
    generation: number,
    at: number,
    head: RecordHead,
    payload: Uint8Array,
    deferred?: number,
  ): boolean {
    const { buffer } = encodeRecord(generation, at, head, payload, deferred);
    return this.#writeWhole(block, at, buffer) && this.#writeState(block, at);
  }

  /** Whether the state word there is written. */
  isWritten(offset: number): boolean {
    return stateOf(new Uint32Array(this.#flash.read(offset, stateBytes))[0]!) === "written";
  }

  #writeState(block: number, at: number): boolean {
    const offset = block * this.size + at;
    this.#flash.write(offset, stateBytes, stateBuffer("written"));
    const isWritten = this.isWritten(offset);
    if (!isWritten) this.#fail(block);
    return isWritten;
  }

  #writeWhole(block: number, at: number, buffer: ArrayBuffer): boolean {
    const { byteLength: length } = buffer;
    const offset = block * this.size + at;
    this.#flash.write(offset, length, buffer);
    const [written, wanted] = [new Uint8Array(this.#flash.read(offset, length)), new Uint8Array(buffer)];
    for (let i = 0; i < length; i++) {
      if (written[i] === wanted[i]) continue;
      this.#fail(block);
      return false;
    }
    return true;
  }

  #fail(block: number): void {
    this.#blocks[block]!.isBad = true;
    this.failedWrites++;
  }

  #readHead(block: number): BlockHead | undefined {
    return decodeBlockHead(this.#flash.read(block * this.size, blockHead));
  }
}
