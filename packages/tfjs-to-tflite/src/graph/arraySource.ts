import { UserError } from "../lib/errors.js";

/** Numbers of which only those are in memory that somebody asked for. */
export interface ArraySource {
  /** How many there are. */
  readonly length: number;
  /** Where the format has one: [samples, ...]. */
  readonly shape?: readonly number[];
  /** So many numbers from `from` on, counted in numbers; what comes back is not changed by the next call, nor by its reader. */
  read(from: number, count: number): Promise<Float32Array>;
}

/** Numbers in memory. */
export const sourceOf = (data: Float32Array, shape?: readonly number[]): ArraySource => ({
  length: data.length,
  ...(shape && { shape }),
  read: (from, count) => Promise.resolve(data.subarray(from, from + count)),
});

export const isSource = (given: unknown): given is ArraySource =>
  typeof given === "object" && given !== null && typeof (given as Partial<ArraySource>).read === "function";

/** Bytes that are read at any place: a file on disk, or one that a page was given. */
export interface FileBytes {
  /** For errors. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** @throws UserError when the file cannot be read, or has become shorter */
  read(from: number, count: number): Promise<Uint8Array>;
}

/** What is read at once where numbers are read one after the other. */
const aheadBytes = 2 ** 20;

/** The same bytes, read ahead where each read begins at the end of the one before: small samples cost no read each. */
export function readAhead(file: FileBytes): FileBytes {
  let [block, start, next]: [Uint8Array, number, number] = [new Uint8Array(), 0, 0];
  return {
    ...file,
    async read(from, count) {
      const isNext = from === next;
      next = from + count;
      if (from < start || next > start + block.length) {
        const most = Math.min(Math.max(count, isNext ? aheadBytes : 0), file.size - from);
        [block, start] = [await file.read(from, Math.max(count, most)), from];
      }
      return block.subarray(from - start, from - start + count);
    },
  };
}

/** A Blob or File of a page. */
export interface GivenBlob {
  readonly name?: string;
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** @param name for errors; by default the file's own */
export const bytesOfBlob = (file: GivenBlob, name = file.name ?? "the file"): FileBytes => ({
  name,
  size: file.size,
  async read(from, count) {
    let bytes: ArrayBuffer;
    try {
      bytes = await file.slice(from, from + count).arrayBuffer();
    } catch (error) {
      throw new UserError(`cannot read ${name}: ${(error as Error).message}`);
    }
    if (bytes.byteLength !== count)
      throw new UserError(`cannot read ${name}: it ends after ${from + bytes.byteLength} bytes, and had ${file.size}`);
    return new Uint8Array(bytes);
  },
});
