import { lstat, readlink, realpath, stat } from "node:fs/promises";
import path from "node:path";

/** What a name stands for as a place to write to, links followed. */
export interface Destination {
  /** The place itself: a link's target, there or not. */
  path: string;
  /** "none": nothing is there yet. "stream": a device or a FIFO, which is written to and never replaced. */
  what: "none" | "file" | "folder" | "stream" | "socket";
  /** A file's permissions, which its replacement gets. */
  mode?: number;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** Where a chain of links leads, though its end is not there yet. */
async function follow(file: string): Promise<string> {
  const folder = await realpath(path.dirname(path.resolve(file))).catch(() => path.dirname(path.resolve(file)));
  const place = path.join(folder, path.basename(file));
  const target = await readlink(place).catch(() => undefined);
  return target === undefined ? place : follow(path.resolve(folder, target));
}

/** @throws the system's error for a name that cannot be looked up, such as one whose links lead in a circle */
export async function destinationOf(file: string): Promise<Destination> {
  try {
    const found = await stat(file);
    const place = await realpath(file);
    if (found.isDirectory()) return { path: place, what: "folder" };
    if (found.isFile()) return { path: place, what: "file", mode: found.mode & 0o7777 };
    // As it was named: what /proc says of an open pipe is no path.
    return { path: path.resolve(file), what: found.isSocket() ? "socket" : "stream" };
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return { path: await follow(file), what: "none" };
  }
}

/** The nearest folder above a file that is there, or what stands in its way. */
export async function standsInTheWay(file: string): Promise<string | undefined> {
  for (let above = path.dirname(path.resolve(file)); ; above = path.dirname(above)) {
    const found = await stat(above).catch(() => undefined);
    if (found) return found.isDirectory() ? undefined : above;
    // A link to nowhere: a folder cannot be made in its place.
    if (await lstat(above).catch(() => undefined)) return above;
    if (path.dirname(above) === above) return undefined;
  }
}
