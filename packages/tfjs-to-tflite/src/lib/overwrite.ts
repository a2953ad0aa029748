import { stat } from "node:fs/promises";
import path from "node:path";
import { Option } from "commander";
import { destinationOf, blockingFile, type Destination } from "./destination.js";
import { UserError } from "./errors.js";
import { describeFile, type FileKind } from "./fileKinds.js";
import { systemReason } from "./systemreasons.js";

/** A file that a command is going to write. */
export interface PlannedFile {
  file: string;
  kind: FileKind;
}

export interface OverwriteOptions {
  /** Files that the command reads. */
  sources?: readonly string[];
  force?: boolean | undefined;
}

/** For commands that write where the user says. @param more what it also does */
export const forceOption = (more = ""): Option =>
  new Option("--force", `also overwrite existing files of other kinds than the command writes${more}`);

function lookUp(file: string): Destination {
  try {
    return destinationOf(file);
  } catch (error) {
    throw new UserError(`cannot write ${path.normalize(file)}: ${systemReason(error, 0)}`);
  }
}

async function check({ file, kind }: PlannedFile, destination: Destination, force: boolean): Promise<void> {
  const name = path.normalize(file);
  if (destination.what === "folder") throw new UserError(`cannot write ${name}: that is a folder`);
  if (destination.what === "none") {
    const blocking = blockingFile(destination.path);
    if (blocking !== undefined)
      throw new UserError(`cannot write ${name}: a part of the path is a file, not a folder (${blocking})`);
  }
  if (destination.what !== "file" || force) return;
  const other = await foreignContent(kind, destination.path);
  if (other !== undefined)
    throw new UserError(`${name} is ${other}; ${kind.what} goes there: choose another name, or --force to replace it`);
}

/** What a file is instead of `kind`; undefined when it is of this kind, or empty. */
async function foreignContent(kind: FileKind, file: string): Promise<string | undefined> {
  try {
    return (await stat(file)).size === 0 || (await kind.matches(file)) ? undefined : await describeFile(file);
  } catch (error) {
    throw new UserError(
      `cannot see what ${file} is: ${systemReason(error)}; choose another name, or --force to replace it`,
    );
  }
}

/** A source that cannot be looked up cannot be read either; the error comes when it is read. */
function placeOf(source: string): string {
  try {
    return destinationOf(source).path;
  } catch {
    return path.resolve(source);
  }
}

/**
 * What a command may overwrite, checked before any work is done:
 * - nothing that the command reads, and no file twice;
 * - no folder in place of a file, no file in place of a folder;
 * - only files that are empty or of the kind that is written there; with --force others, too.
 * Devices, FIFOs and sockets are written to, and not replaced.
 * @throws UserError naming the file and what it is
 */
export async function requireReplaceable(
  files: readonly PlannedFile[],
  { sources = [], force = false }: OverwriteOptions = {},
): Promise<void> {
  const read = new Set(sources.map(placeOf));
  const written = new Set<string>();
  for (const planned of files) {
    const name = path.normalize(planned.file);
    const destination = lookUp(planned.file);
    if (destination.what !== "stream" && destination.what !== "socket") {
      if (read.has(destination.path))
        throw new UserError(`${name} is an input and would be overwritten: choose another name`);
      if (written.has(destination.path)) throw new UserError(`${name} would be written twice: choose two names`);
      written.add(destination.path);
    }
    await check(planned, destination, force);
  }
}

/** A folder that a command creates and fills; it may exist. @throws UserError when something else is in its place */
export function requireFolder(folder: string): void {
  const { path: place, what } = lookUp(folder);
  const name = path.normalize(folder);
  if (what === "folder") return;
  if (what !== "none") throw new UserError(`${name} is a file, a folder expected`);
  const blocking = blockingFile(place);
  if (blocking !== undefined)
    throw new UserError(`cannot create ${name}: a part of the path is a file, not a folder (${blocking})`);
}
