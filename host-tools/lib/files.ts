import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomicImplementation from "write-file-atomic";
import { UserError } from "./errors.js";

/** Writes under a temporary name, flushes and renames: a reader sees the old file or the whole new one. */
export async function writeFileAtomic(file: string, data: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const bytes = typeof data === "string" ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  await writeFileAtomicImplementation(file, bytes);
}

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
