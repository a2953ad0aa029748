import type { FlashPartition } from "../../../device/flash/partition.js";

export class PowerCut extends Error {}

/** NOR flash in memory that loses power during the `cutAt`-th write or erase from 1, when `fraction` of its bytes are done. */
export class NorFlash implements FlashPartition {
  readonly blockSize = 4096;
  readonly bytes: Uint8Array;
  /** Writes and erases so far. */
  writes = 0;
  cutAt = Infinity;
  fraction = 0;

  constructor(blocks: number) {
    this.bytes = new Uint8Array(blocks * this.blockSize).fill(0xff);
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    return this.bytes.slice(offset, offset + byteLength).buffer;
  }

  write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    const data = new Uint8Array(buffer);
    this.#spend(byteLength, (i) => (this.bytes[offset + i]! &= data[i]!));
  }

  erase(block: number): void {
    this.#spend(this.blockSize, (i) => (this.bytes[block * this.blockSize + i] = 0xff));
  }

  #spend(count: number, change: (index: number) => void): void {
    const isCut = ++this.writes === this.cutAt;
    const done = isCut ? Math.floor(count * this.fraction) : count;
    for (let i = 0; i < done; i++) change(i);
    if (isCut) throw new PowerCut();
  }
}
