import { readFile } from "node:fs/promises";
import { UserError } from "./errors.js";
import { writeOutputs } from "./outputs.js";

/** Writes under a temporary name, flushes and renames: a reader sees the old file or the whole new one. @throws UserError naming the file and why */
export const writeFileAtomic = (file: string, data: string | Uint8Array): Promise<void> => writeOutputs([[file, data]]);

/** Reads a file that the user named. @throws UserError naming the file and the reason. */
export async function readUserFile(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "that is a folder" : String(error);
    throw new UserError(`cannot read ${what} ${file}: ${reason}`);
  }
}
