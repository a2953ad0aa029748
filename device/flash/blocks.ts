import { blockHead, copiedAt, decodeBlockHead, encodeBlockHead, type BlockHead } from "./block.js";
import type { FlashPartition } from "./partition.js";
import { encodeRecord, recordBytes, type RecordHead } from "./record.js";
import { stateBuffer, stateBytes, stateOf } from "./state.js";

interface Block {
  /** 0: free. */
  generation: number;
  /** Where the next record goes; the block's size when nothing more may be written. */
  end: number;
  /** It did not hold what was written. It is not begun again before the next start. */
  isBad: boolean;
}

/** What `open` found in a block that is in use. */
export interface UsedBlock {
  block: number;
  head: BlockHead;
}

/** The blocks of a log: which are in use, which is written to. What the object knows is true of flash even when a flash access throws. */
export class Blocks {
  readonly #flash: FlashPartition;
  readonly #blocks: Block[] = [];
  readonly size: number;
  /** Of the block begun last. */
  lastGeneration = 0;
  /** The one that is written to; -1: none is. */
  newest = -1;

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

  /** 0: it is free. */
  generation(block: number): number {
    return this.#blocks[block]!.generation;
  }

  /** Whether a record of `bytes` bytes may be written to the newest block. */
  hasRoom(bytes: number): boolean {
    return this.newest >= 0 && this.#blocks[this.newest]!.end + bytes <= this.size;
  }

  /** Reads the heads, and releases what a power cut has left over. @returns the blocks in use, oldest first */
  open(): { used: UsedBlock[]; nextSequence: number } {
    const heads = this.#blocks.map((_, block) => this.#readHead(block));
    const holder = (generation: number) => heads.findIndex((head) => head?.generation === generation);
    const over = new Set<number>();
    let nextSequence = 0;
    heads.forEach((head, block) => {
      if (!head) return;
      nextSequence = Math.max(nextSequence, head.nextSequence);
      const old = head.replaces > 0 ? holder(head.replaces) : -1;
      // The copies count once all of them are there; until then the originals do.
      if (old >= 0) over.add(head.isCopied ? old : block);
      this.lastGeneration = Math.max(this.lastGeneration, head.generation);
    });
    const used: UsedBlock[] = [];
    heads.forEach((head, block) => {
      if (over.has(block)) this.retire(block);
      else if (head) used.push({ block, head });
    });
    used.sort((a, b) => a.head.generation - b.head.generation);
    return { used, nextSequence };
  }

  /** The block is in use, and the newest. */
  use(block: number, generation: number, end: number): void {
    Object.assign(this.#blocks[block]!, { generation, end });
    this.newest = block;
  }

  /** The free block whose turn it is; -1: there is none. */
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

  /** Everything was copied into the block. @returns false when the block is bad */
  finishCopy(block: number): boolean {
    return this.#writeState(block, copiedAt);
  }

  /** The block holds nothing that counts. */
  retire(block: number): void {
    // Not the state word behind it: nothing may look copied that was not.
    this.#flash.write(block * this.size, copiedAt, new ArrayBuffer(copiedAt));
    // Bits that do not let themselves be cleared may be set.
    if (this.#readHead(block)) this.#flash.erase(block);
    Object.assign(this.#blocks[block]!, { generation: 0, end: this.size });
    if (this.newest === block) this.newest = -1;
  }

  /** Writes a record into the newest block. @returns its place in the block; -1: the block is bad */
  append(head: RecordHead, payload: Uint8Array): number {
    const state = this.#blocks[this.newest]!;
    const at = state.end;
    // Nothing is written behind what is not whole.
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

  #writeState(block: number, at: number): boolean {
    const offset = block * this.size + at;
    this.#flash.write(offset, stateBytes, stateBuffer("written"));
    const isWritten = stateOf(new Uint32Array(this.#flash.read(offset, stateBytes))[0]!) === "written";
    if (!isWritten) this.#blocks[block]!.isBad = true;
    return isWritten;
  }

  #writeWhole(block: number, at: number, buffer: ArrayBuffer): boolean {
    const { byteLength: length } = buffer;
    const offset = block * this.size + at;
    this.#flash.write(offset, length, buffer);
    const [written, wanted] = [new Uint8Array(this.#flash.read(offset, length)), new Uint8Array(buffer)];
    for (let i = 0; i < length; i++) {
      if (written[i] === wanted[i]) continue;
      this.#blocks[block]!.isBad = true;
      return false;
    }
    return true;
  }

  #readHead(block: number): BlockHead | undefined {
    return decodeBlockHead(this.#flash.read(block * this.size, blockHead));
  }
}
