import type { FlashPartition } from "../../device/flash/partition.js";

export class PowerCut extends Error {}

/**
 * NOR flash in memory. Writing clears bits and nothing else, erasing sets those of a block; what NOR flash cannot do is an error: a write that
 * would set a bit, or that is not aligned to 4 bytes. Power can fail within any of both.
 */
export class NorFlash implements FlashPartition {
  readonly blockSize = 4096;
  readonly bytes: Uint8Array;
  /** Writes and erases so far. */
  writes = 0;
  writtenBytes = 0;
  readonly erases: number[];
  /** Power fails during this write or erase, counted from 1, when `fraction` of its bytes are done. */
  cutAt = Infinity;
  fraction = 0;
  /** Power fails after so many bytes written or blocks erased from now. */
  cutAfter = Infinity;

  constructor(blocks = 4) {
    this.bytes = new Uint8Array(blocks * this.blockSize).fill(0xff);
    this.erases = new Array<number>(blocks).fill(0);
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  get erasedBlocks(): number {
    return this.erases.reduce((sum, count) => sum + count, 0);
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    this.#check("read", offset, byteLength);
    return this.bytes.slice(offset, offset + byteLength).buffer;
  }

  write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    this.#check("write", offset, byteLength);
    const data = new Uint8Array(buffer, 0, byteLength);
    const done = this.#spend(byteLength, byteLength);
    for (let i = 0; i < done; i++) {
      const old = this.bytes[offset + i]!;
      if (data[i]! & ~old) this.refuse(offset + i, old, data[i]!);
      this.bytes[offset + i] = old & data[i]!;
    }
    this.writtenBytes += done;
    if (done < byteLength) throw new PowerCut();
  }

  erase(block: number): void {
    if (!(block >= 0 && block < this.erases.length)) throw new RangeError(`erase of block ${block}`);
    const from = block * this.blockSize;
    const done = this.#spend(this.blockSize, 1);
    this.bytes.fill(0xff, from, from + done);
    if (done < this.blockSize) throw new PowerCut();
    this.erases[block]!++;
  }

  /** Only a worn block may look like this. */
  protected refuse(at: number, old: number, wanted: number): void {
    throw new Error(`write of ${wanted.toString(16)} over ${old.toString(16)} at ${at}: only an erase sets bits`);
  }

  #check(what: string, offset: number, byteLength: number): void {
    if (offset % 4 || byteLength % 4 || byteLength <= 0 || offset < 0 || offset + byteLength > this.bytes.length)
      throw new RangeError(`${what} of ${byteLength} bytes at ${offset}`);
  }

  /** @returns how many of `count` bytes are done, which cost `price` */
  #spend(count: number, price: number): number {
    let done = ++this.writes === this.cutAt ? Math.floor(count * this.fraction) : count;
    if (this.cutAfter < price) done = Math.min(done, price === 1 ? 0 : this.cutAfter);
    this.cutAfter -= price;
    return done;
  }
}

/** A block that, from `wornFrom` writes on, holds none of the bits of `stuck`: they stay set. */
export class WornFlash extends NorFlash {
  readonly worn = new Map<number, number>();

  override write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    const stuck = this.worn.get(Math.floor(offset / this.blockSize)) ?? 0;
    const data = new Uint8Array(buffer.slice(0, byteLength));
    for (let i = 0; i < byteLength; i++) data[i]! |= stuck;
    super.write(offset, byteLength, data.buffer);
  }

  protected override refuse(): void {}
}
