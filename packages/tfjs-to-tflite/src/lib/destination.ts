import { lstatSync, readlinkSync, realpathSync, statSync, type Stats } from "node:fs";
import path from "node:path";

/** What a path refers to as a place to write to, with links followed. */
export interface Destination {
  /** The place itself: a link's target, whether it exists or not. */
  path: string;
  /** "none": does not exist yet. "stream": a device or a FIFO, which is written to and never replaced. */
  what: "none" | "file" | "folder" | "stream" | "socket";
  /** A file's permissions, which its replacement inherits. */
  mode?: number;
}

const unlessMissing = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

/** Where a chain of links leads, even if the target does not exist yet. */
function follow(file: string): string {
  const named = path.resolve(file);
  const folder = unlessMissing(() => realpathSync(path.dirname(named))) ?? path.dirname(named);
  const place = path.join(folder, path.basename(named));
  const target = unlessMissing(() => readlinkSync(place));
  return target === undefined ? place : follow(path.resolve(folder, target));
}

/** @throws the system's error for a name that cannot be looked up, such as one with a loop of links */
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
  // As it was named: for an open pipe, the target of the link in /proc is not a path.
  return { path: path.resolve(file), what: found.isSocket() ? "socket" : "stream" };
}

/** The file that is in place of one of a file's parent folders; undefined when there is none. */
export function blockingFile(file: string): string | undefined {
  for (let above = path.dirname(path.resolve(file)); ; above = path.dirname(above)) {
    const found = unlessMissing(() => statSync(above));
    if (found) return found.isDirectory() ? undefined : above;
    // A dangling link: no folder can be created in its place.
    if (unlessMissing(() => lstatSync(above))) return above;
    if (path.dirname(above) === above) return undefined;
  }
}
