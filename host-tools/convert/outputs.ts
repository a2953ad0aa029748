import path from "node:path";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";

const reasons: Record<string, (bytes: number) => string> = {
  ENOSPC: (bytes) => `the disk is full (${bytes} bytes needed)`,
  EDQUOT: (bytes) => `the disk quota is used up (${bytes} bytes needed)`,
  EFBIG: (bytes) => `the file may not grow to ${bytes} bytes here`,
  EACCES: () => "permission denied",
  EPERM: () => "not permitted",
  EROFS: () => "the disk is read-only",
  ENOTDIR: () => "a part of the path is a file, not a folder",
  EEXIST: () => "a part of the path is a file, not a folder",
  EISDIR: () => "that is a folder",
};

/** Writes the files in order; each appears whole or not at all. @throws UserError naming the file that failed and why. */
export async function writeOutputs(files: readonly (readonly [file: string, data: string | Uint8Array])[]): Promise<void> {
  for (const [file, data] of files) {
    try {
      await writeFileAtomic(file, data);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      throw new UserError(`cannot write ${path.normalize(file)}: ${reasons[code]?.(Buffer.byteLength(data)) ?? message}`);
    }
  }
}
