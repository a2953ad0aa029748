import type { FlashPartition } from "./partition.js";

const attempts = 3;

export type FlashAccess = "read" | "write" | "erase";

/**
 * Flash whose driver's errors are counted instead of thrown: the log reads back what it writes, and checks what it reads. Reads that fail are
 * repeated; where that does not help, the bytes are 0, which no record is made of, and from then on nothing is written or erased: what
 * cannot be read may still be there.
 */
export class GuardedFlash implements FlashPartition {
  readonly #flash: FlashPartition;
  readonly #onError: (what: FlashAccess, error: unknown) => void;
  readonly byteLength: number;
  readonly blockSize: number;
  #isReadable = true;

  constructor(flash: FlashPartition, onError: (what: FlashAccess, error: unknown) => void) {
    this.#flash = flash;
    this.#onError = onError;
    this.byteLength = flash.byteLength;
    this.blockSize = flash.blockSize;
  }

  /** In place, where the driver can: the SDK's can. */
  map(): ArrayBufferLike {
    return (this.#flash as FlashPartition & { map(): ArrayBufferLike }).map();
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#flash.read(offset, byteLength);
      } catch (error) {
        if (attempt < attempts) continue;
        // Once is enough to know.
        if (this.#isReadable) this.#onError("read", error);
        this.#isReadable = false;
        return new ArrayBuffer(byteLength);
      }
    }
  }

  write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    if (!this.#isReadable) return;
    try {
      this.#flash.write(offset, byteLength, buffer);
    } catch (error) {
      this.#onError("write", error);
    }
  }

  erase(block: number): void {
    if (!this.#isReadable) return;
    try {
      this.#flash.erase(block);
    } catch (error) {
      this.#onError("erase", error);
    }
  }
}
