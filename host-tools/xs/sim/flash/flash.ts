/** The SDK's flash module, on a simulated NOR flash in a file (simFlash.c). */
export default class Flash extends (Native("xs_simflash_destructor") as new () => object) {
  /** Opens a partition by its name. Throws if the partition table has no such partition. */
  constructor(partition: string) {
    super();
    native("xs_simflash").call(this, partition);
  }

  /** Sets all bits of a block. Blocks are counted from 0. */
  erase(block: number): void {
    native("xs_simflash_erase").call(this, block);
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    return native("xs_simflash_read").call(this, offset, byteLength) as ArrayBuffer;
  }

  /** Clears bits: a bit that is 0 stays 0 until its block is erased. */
  write(offset: number, byteLength: number, buffer: ArrayBuffer | Uint8Array | DataView): void {
    native("xs_simflash_write").call(this, offset, byteLength, buffer);
  }

  /** The partition as a read-only buffer, in place. */
  map(): HostBuffer {
    return native("xs_simflash_map").call(this) as HostBuffer;
  }

  get byteLength(): number {
    return native("xs_simflash_byteLength").call(this) as number;
  }

  get blockSize(): number {
    return native("xs_simflash_blockSize").call(this) as number;
  }
}
