import { lstatSync, readlinkSync, realpathSync, statSync, type Stats } from "node:fs";
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

const unlessMissing = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

/** Where a chain of links leads, though its end is not there yet. */
function follow(file: string): string {
  const named = path.resolve(file);
  const folder = unlessMissing(() => realpathSync(path.dirname(named))) ?? path.dirname(named);
  const place = path.join(folder, path.basename(named));
  const target = unlessMissing(() => readlinkSync(place));
  return target === undefined ? place : follow(path.resolve(folder, target));
}

/** @throws the system's error for a name that cannot be looked up, such as one whose links lead in a circle */
export function destinationOf(file: string): Destination {
  let found: Stats;
  try {
    found = statSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { path: follow(file), what: "none" };
  }
  if (found.isDirectory()) return { path: realpathSync(file), what: "folder" };
  if (found.isFile()) return { path: realpathSync(file), what: "file", mode: found.mode & 0o7777 };
  // As it was named: what /proc says of an open pipe is no path.
  return { path: path.resolve(file), what: found.isSocket() ? "socket" : "stream" };
}

/** What stands where a file's folder should be, or be made; undefined when nothing does. */
export function standsInTheWay(file: string): string | undefined {
  for (let above = path.dirname(path.resolve(file)); ; above = path.dirname(above)) {
    const found = unlessMissing(() => statSync(above));
    if (found) return found.isDirectory() ? undefined : above;
    // A link to nowhere: no folder can be made in its place.
    if (unlessMissing(() => lstatSync(above))) return above;
    if (path.dirname(above) === above) return undefined;
  }
}
