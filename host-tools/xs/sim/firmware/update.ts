import type Flash from "flash";

/** Writes an image into a slot, block by block. */
class Updater {
  readonly #flash: Flash;
  #at = 0;
  #isOpen = true;

  constructor(flash: Flash) {
    this.#flash = flash;
  }

  write(bytes: Uint8Array): void {
    const { blockSize, byteLength } = this.#flash;
    const end = this.#at + bytes.length;
    if (!this.#isOpen || end > byteLength || (this.#at === 0 && bytes[0] !== 0xe9)) throw new Error("write failed");
    for (let block = Math.ceil(this.#at / blockSize); block * blockSize < end; block++) this.#flash.erase(block);
    this.#flash.write(this.#at, bytes.length, bytes);
    this.#at = end;
  }

  complete(): void {
    if (!this.#isOpen) throw new Error("already complete");
    this.#isOpen = false;
    if (!native("xs_simota_complete").call(undefined)) throw new Error("end failed");
  }

  close(): void {
    this.#isOpen = false;
  }
}

/** The SDK's `embedded:update`, in the mode of bytes that follow one another: `partition` is the slot that does not run. */
export default {
  open({ partition }: { partition: Flash; mode: "a" }): Updater {
    if (!native("xs_simota_begin").call(undefined)) throw new Error("begin failed");
    return new Updater(partition);
  },
};
