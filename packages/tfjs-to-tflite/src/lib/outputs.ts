import { constants, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Chunked } from "./bytes.js";
import { destinationOf, type Destination } from "./destination.js";
import { UserError } from "./errors.js";
import { systemReason } from "./systemreasons.js";

type Contents = string | Uint8Array | Chunked;
export type Output = readonly [file: string, contents: Contents];

const isChunked = (contents: Contents): contents is Chunked =>
  typeof contents === "object" && !(contents instanceof Uint8Array);
const sizeOf = (contents: Contents): number => (isChunked(contents) ? contents.bytes : Buffer.byteLength(contents));
const chunksOf = (contents: Contents): Iterable<string | Uint8Array> =>
  isChunked(contents) ? contents.chunks() : [contents];

async function attempt<T>([file, contents]: Output, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new UserError(`cannot write ${path.normalize(file)}: ${systemReason(error, sizeOf(contents))}`);
  }
}

let written = 0;

/** Hidden, in the same folder, so that the rename is atomic; short, since the file's own name may have the maximum length. */
export const temporaryName = (file: string): string =>
  path.join(path.dirname(file), `.loam-${process.pid}-${written++}.tmp`);

/** Like a recursive mkdir. Node's own never returns where mkdir fails with ENOENT though the parent exists, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return;
    if (code !== "ENOENT" || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder));
    await mkdir(folder).catch((again: unknown) => {
      // Another process created it in the meantime.
      if ((again as NodeJS.ErrnoException).code !== "EEXIST") throw again;
    });
  }
}

async function writeWhole(file: string, contents: Contents, mode: number | undefined): Promise<void> {
  await makeFolder(path.dirname(file));
  const handle = await open(file, "w");
  try {
    if (mode !== undefined) await handle.chmod(mode);
    // writeFile continues after a short write on a full disk, and so gets the error.
    for (const chunk of chunksOf(contents)) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes to a device, a FIFO or a socket, without replacing it. */
async function writeThrough({ path: place, what }: Destination, contents: Contents): Promise<void> {
  if (what === "socket") return pipeline(Readable.from(chunksOf(contents)), connect(place));
  const handle = await open(place, constants.O_WRONLY);
  try {
    for (const chunk of chunksOf(contents)) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}

interface Planned {
  output: Output;
  destination: Destination;
  /** Name under which a file is written first; undefined for what is not replaced. */
  temporary: string | undefined;
}

async function plan(output: Output): Promise<Planned> {
  const destination = await attempt(output, () => destinationOf(output[0]));
  if (destination.what === "folder") throw new UserError(`cannot write ${path.normalize(output[0])}: that is a folder`);
  const isPlaced = destination.what === "file" || destination.what === "none";
  return { output, destination, temporary: isPlaced ? temporaryName(destination.path) : undefined };
}

/**
 * Writes files that belong together: first all under temporary names; when all are on the disk, they are renamed. A reader sees the old files
 * or complete new ones; when one cannot be written, none is changed. The target of a link is replaced, and the link stays. Devices, FIFOs and
 * sockets are written to, after the files are on the disk and before the first rename.
 * @throws UserError naming the file that failed and why.
 */
export async function writeOutputs(outputs: readonly Output[]): Promise<void> {
  const planned: Planned[] = [];
  // In order, so that an error names the first one that fails.
  for (const output of outputs) planned.push(await plan(output));
  const files = planned.filter((each) => each.temporary !== undefined);
  try {
    for (const { output, destination, temporary } of files)
      await attempt(output, () => writeWhole(temporary!, output[1], destination.mode));
    for (const { output, destination, temporary } of planned)
      if (temporary === undefined) await attempt(output, () => writeThrough(destination, output[1]));
    for (const { output, destination, temporary } of files)
      await attempt(output, () => rename(temporary!, destination.path));
  } finally {
    // After their rename there is nothing left to remove.
    await Promise.all(files.map(({ temporary }) => rm(temporary!, { force: true }).catch(() => undefined)));
  }
}
