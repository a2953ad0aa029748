import { open, stat } from "node:fs/promises";
import { readUserFile } from "../lib/files.js";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import { openArray, parseArray, type ArrayFile } from "./arrayData.js";
import { sourceOf, type ArraySource, type FileBytes } from "./arraySource.js";

/** Numbers of a file on disk, as parseArray reads them. @throws UserError naming the file and what is wrong with it. */
export const readArrayFile = async (file: string): Promise<ArrayFile> =>
  parseArray(file, await readUserFile(file, "the samples"));

/** A regular file, opened for each read: nobody has to close it. */
const bytesOnDisk = (name: string, size: number): FileBytes => ({
  name,
  size,
  async read(from, count) {
    const bytes = new Uint8Array(count);
    try {
      const file = await open(name);
      try {
        for (let got = 0; got < count;) {
          const { bytesRead } = await file.read(bytes, got, count - got, from + got);
          if (bytesRead === 0)
            throw new UserError(`cannot read the samples ${name}: it ends after ${from + got} bytes, and had ${size}`);
          got += bytesRead;
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`cannot read the samples ${name}: ${systemReason(error)}`);
    }
    return bytes;
  },
});

/** The same of a file on disk, read when they are asked for. What is no regular file, such as what a shell gives a command, is read whole. @throws UserError naming the file and what is wrong with it. */
export async function openArrayFile(file: string): Promise<ArraySource> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return openArray(bytesOnDisk(file, found.size));
  const { data, shape } = await readArrayFile(file);
  return sourceOf(data, shape);
}
