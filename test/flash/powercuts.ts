import { Random } from "../../host-tools/lib/random.js";
import { NorFlash } from "./norflash.js";

type Operation = { offset: number; data: Uint8Array } | { block: number };

/** Remembers each write and erase, and after which of them `mark` was called. */
class RecordingFlash extends NorFlash {
  readonly operations: Operation[] = [];

  override write(offset: number, byteLength: number, buffer: ArrayBuffer): void {
    this.operations.push({ offset, data: new Uint8Array(buffer.slice(0, byteLength)) });
    super.write(offset, byteLength, buffer);
  }

  override erase(block: number): void {
    this.operations.push({ block });
    super.erase(block);
  }
}

export const flashOf = (image: Uint8Array): NorFlash => {
  const flash = new NorFlash(image.length / 4096);
  flash.bytes.set(image);
  return flash;
};

export interface Cut {
  /** What flash holds when power is back. */
  image: Uint8Array;
  /** Where power failed, for messages. */
  where: string;
}

/** A generator of numbers below 1, the same at every run. */
export function generator(seed: number): () => number {
  const random = new Random(`flash ${seed}`);
  return () => random.uniform();
}

const shares = [0.03, 0.3, 0.7, 0.97];

/** Bytes of a write that are done: each number when it is short, else a spread that has both ends. */
function prefixes(length: number): number[] {
  if (length <= 48) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: 24 }, (_, i) => Math.floor((i * (length - 1)) / 23));
}

/** What flash may hold when power fails during `run` on a flash of these bytes: within each write and erase, from the front, from the back and in any order of the bits. */
export function* everyCut(before: Uint8Array, run: (flash: NorFlash) => void): Generator<Cut> {
  const flash = new RecordingFlash(before.length / 4096);
  flash.bytes.set(before);
  run(flash);
  const random = generator(flash.operations.length + 1);
  const now = before.slice();
  const torn = (from: number, length: number, change: (i: number) => number) => {
    const image = now.slice();
    for (let i = 0; i < length; i++) image[from + i] = change(from + i);
    return image;
  };
  for (const [index, operation] of flash.operations.entries()) {
    const isErase = "block" in operation;
    const from = isErase ? operation.block * 4096 : operation.offset;
    const length = isErase ? 4096 : operation.data.length;
    const goal = (i: number) => (isErase ? 0xff : now[i]! & operation.data[i - from]!);
    const name = `${isErase ? "erase" : "write"} ${index + 1} of ${flash.operations.length}`;
    for (const done of isErase ? [0, 20, 44, 300, 4000] : prefixes(length)) {
      yield {
        image: torn(from, length, (i) => (i < from + done ? goal(i) : now[i]!)),
        where: `${name}, ${done} bytes`,
      };
      const rest = from + length - done;
      if (isErase || done % 8 === 4)
        yield {
          image: torn(from, length, (i) => (i >= rest ? goal(i) : now[i]!)),
          where: `${name}, last ${done} bytes`,
        };
    }
    for (const share of shares) {
      const scattered = (i: number) => {
        let changing = now[i]! ^ goal(i);
        for (let bit = 1; bit < 256; bit <<= 1) if (random() >= share) changing &= ~bit;
        return now[i]! ^ changing;
      };
      yield { image: torn(from, length, scattered), where: `${name}, ${share} of the bits` };
    }
    for (let i = 0; i < length; i++) now[from + i] = goal(from + i);
  }
}
