/** NOR flash with the interface of the SDK's `flash` module: erase sets all bits of a block, write only clears bits. Offsets and lengths are multiples of 4. */
export interface FlashPartition {
  readonly byteLength: number;
  readonly blockSize: number;
  read(offset: number, byteLength: number): ArrayBuffer;
  /** Writes the first `byteLength` bytes of `buffer`. */
  write(offset: number, byteLength: number, buffer: ArrayBuffer): void;
  erase(block: number): void;
}

/** A range of a partition's blocks. */
export class PartitionBlocks implements FlashPartition {
  readonly #flash: FlashPartition;
  readonly #first: number;
  readonly blockSize: number;
  readonly byteLength: number;

  constructor(flash: FlashPartition, first: number, blocks: number) {
    this.#flash = flash;
    this.#first = first;
    this.blockSize = flash.blockSize;
    this.byteLength = blocks * flash.blockSize;
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    return this.#flash.read(this.#first * this.blockSize + offset, byteLength);
  }

  write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    this.#flash.write(this.#first * this.blockSize + offset, byteLength, buffer);
  }

  erase(block: number): void {
    this.#flash.erase(this.#first + block);
  }
}
