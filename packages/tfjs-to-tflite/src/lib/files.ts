import { renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { destinationOf } from "./destination.js";
import { UserError } from "./errors.js";
import { temporaryName, writeOutputs } from "./outputs.js";
import { systemReason } from "./systemreasons.js";

/** Writes under a temporary name, flushes and renames: a reader sees the old file or the whole new one. @throws UserError naming the file and why */
export const writeFileAtomic = (file: string, data: string | Uint8Array): Promise<void> => writeOutputs([[file, data]]);

/** The same synchronously, without the flush. Devices, FIFOs and sockets are written to. */
export function writeFileAtomicSync(file: string, data: string | Uint8Array): void {
  const { path: place, what } = destinationOf(file);
  if (what !== "file" && what !== "none") return writeFileSync(place, data);
  const temporary = temporaryName(place);
  try {
    writeFileSync(temporary, data);
    renameSync(temporary, place);
  } finally {
    // After the rename there is nothing left to remove.
    rmSync(temporary, { force: true });
  }
}

function cannotRead(what: string, place: string, error: unknown): UserError {
  return new UserError(`cannot read ${what} ${place}: ${systemReason(error)}`);
}

/** What may be read besides files: what a shell gives a command, which has somebody who writes. */
const isShells = (file: string): boolean => /^\/(dev\/(stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/.test(file);

/** A FIFO, a socket or a device, by name: nobody may ever write to it, or it may never end. Undefined for others, and for what is not there. */
async function streamOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found || found.isFile() || found.isDirectory() || isShells(file)) return undefined;
  return found.isFIFO() ? "a FIFO" : found.isSocket() ? "a socket" : "a device";
}

/** Reads a file that the user named. @throws UserError naming the file and the reason, also for a FIFO, a socket or a device */
export async function readUserFile(file: string, what: string): Promise<Buffer> {
  const stream = await streamOf(file);
  if (stream !== undefined) throw new UserError(`cannot read ${what} ${file}: it is ${stream}, a file expected`);
  try {
    return await readFile(file);
  } catch (error) {
    throw cannotRead(what, file, error);
  }
}

/** Sorted names of the entries of a folder that the user named. @throws UserError naming the folder and the reason. */
export async function readUserFolder(folder: string, what: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR")
      throw new UserError(`${what} ${folder} is a file, a folder expected`);
    throw cannotRead(what, folder, error);
  }
}
