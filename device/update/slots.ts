import { PartitionBlocks, type FlashPartition } from "../flash/partition.js";

/** The SDK's flash, of which a partition can be read in place. */
export interface MappedFlash extends FlashPartition {
  map(): ArrayBufferLike;
}

/** The first blocks of the partition have the records, the rest the slots. */
const recordBlocks = 4;
export const slotCount = 4;

/**
 * The flash partition `scripts`: records, and slots of equal size, each with a package from its start on. Four slots: app script and network in force
 * may come from two packages, their predecessors from a third, and the next one is staged in the fourth.
 */
export class Slots {
  readonly #flash: FlashPartition;
  readonly #map: () => ArrayBufferLike;
  readonly #blocks: number;
  readonly slotBytes: number;

  /** @param flash of which errors are counted, not thrown @param map reads it in place @throws RangeError for a partition that is too small */
  constructor(flash: FlashPartition, map: () => ArrayBufferLike) {
    this.#flash = flash;
    this.#map = map;
    const blocks = Math.floor(flash.byteLength / flash.blockSize);
    this.#blocks = Math.floor((blocks - recordBlocks) / slotCount);
    if (this.#blocks < 1)
      throw new RangeError(`scripts: ${blocks} blocks, at least ${recordBlocks + slotCount} needed`);
    this.slotBytes = this.#blocks * flash.blockSize;
  }

  get blockBytes(): number {
    return this.#flash.blockSize;
  }

  get records(): FlashPartition {
    return new PartitionBlocks(this.#flash, 0, recordBlocks);
  }

  #at(slot: number): number {
    return (recordBlocks + slot * this.#blocks) * this.#flash.blockSize;
  }

  /** The first `bytes` of a slot, in place. */
  view(slot: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#map(), this.#at(slot), bytes);
  }

  isErased(slot: number, from: number, to: number): boolean {
    return this.view(slot, to).every((byte, i) => i < from || byte === 255);
  }

  /** A copy. Any offset and length. */
  read(slot: number, offset: number, length: number): Uint8Array {
    const from = offset & ~3;
    const words = new Uint8Array(this.#flash.read(this.#at(slot) + from, ((offset + length + 3) & ~3) - from));
    return words.subarray(offset - from, offset - from + length);
  }

  /** @param block of the slot, from 0 on */
  eraseBlock(slot: number, block: number): void {
    this.#flash.erase(this.#at(slot) / this.#flash.blockSize + block);
  }

  /** Where it is erased. Any offset and length: the words at both ends are completed with what is there. */
  write(slot: number, offset: number, data: Uint8Array): void {
    if (data.length === 0) return;
    const from = offset & ~3;
    const length = ((offset + data.length + 3) & ~3) - from;
    const words = new Uint8Array(this.#flash.read(this.#at(slot) + from, length));
    words.set(data, offset - from);
    this.#flash.write(this.#at(slot) + from, length, words.buffer);
  }
}
