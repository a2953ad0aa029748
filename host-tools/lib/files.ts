import { renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { destinationOf } from "./destination.js";
import { UserError } from "./errors.js";
import { temporaryName, writeOutputs } from "./outputs.js";
import { systemReason } from "./systemreasons.js";

/** Writes under a temporary name, flushes and renames: a reader sees the old file or the whole new one. @throws UserError naming the file and why */
export const writeFileAtomic = (file: string, data: string | Uint8Array): Promise<void> => writeOutputs([[file, data]]);

/** The same at once, without the flush, for those who cannot wait. What is no file is written to. */
export function writeFileAtomicSync(file: string, data: string | Uint8Array): void {
  const { path: place, what } = destinationOf(file);
  if (what !== "file" && what !== "none") return writeFileSync(place, data);
  const temporary = temporaryName(place);
  try {
    writeFileSync(temporary, data);
    renameSync(temporary, place);
  } finally {
    // One that was renamed is no longer there.
    rmSync(temporary, { force: true });
  }
}

function cannotRead(what: string, place: string, error: unknown): UserError {
  return new UserError(`cannot read ${what} ${place}: ${systemReason(error)}`);
}

/** Reads a file that the user named. @throws UserError naming the file and the reason. */
export async function readUserFile(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw cannotRead(what, file, error);
  }
}

/** Names of what is in a folder that the user named, in order. @throws UserError naming the folder and the reason. */
export async function readUserFolder(folder: string, what: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR")
      throw new UserError(`${what} ${folder} should be a folder, it is a file`);
    throw cannotRead(what, folder, error);
  }
}
