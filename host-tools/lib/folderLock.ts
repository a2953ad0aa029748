/** Who works in a folder that only one process may write at a time: a file in it. */
import { rmSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { UserError } from "./errors.js";
import { writeFileAtomic } from "./files.js";
import { isAlive, withLock } from "./lock.js";
import { systemReason } from "./systemreasons.js";

export const folderLockName = "lock.json";

interface Owner {
  /** What it does there, such as "loam train". */
  what: string;
  pid: number;
  host: string;
  /** ISO 8601. */
  since: string;
}

/** Undefined: nobody. A file that says nothing is of a machine that crashed. */
async function ownerIn(file: string): Promise<Partial<Owner> | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof owner === "object" && owner !== null ? owner : {};
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : {};
  }
}

const described = ({ what = "a command", pid, host, since }: Partial<Owner>): string =>
  `${what} (process ${pid ?? "?"}${host === undefined || host === hostname() ? "" : ` on ${host}`}, since ${since ?? "?"})`;

/** What a dead process has left is told of. @throws UserError when a living one has the folder, or one that cannot be asked */
async function requireFree(folder: string, file: string): Promise<void> {
  const owner = await ownerIn(file);
  if (!owner) return;
  const isElsewhere = owner.host !== undefined && owner.host !== hostname();
  if (isElsewhere || (owner.pid !== undefined && isAlive(owner.pid)))
    throw new UserError(
      `${described(owner)} works in ${folder}: wait for its end, or name another folder${isElsewhere ? `; if it has ended, delete ${file}` : ""}`,
    );
  process.stderr.write(`${folder} was left by ${described(owner)}, which is no longer there: taken over\n`);
}

/**
 * Holds a folder until the function that is returned is called, or this process exits; after a signal (Ctrl-C) the file stays, and the next one takes over. A
 * handler of signals would only run when the training lets it.
 * @param what it is for, such as "loam train"
 * @throws UserError when another process holds it: which one, and since when
 */
export async function holdFolder(folder: string, what: string): Promise<() => void> {
  const file = path.join(folder, folderLockName);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`cannot write ${folder}: ${systemReason(error)}`);
  }
  // Of several that see what a dead process has left, one takes it over.
  await withLock(`${file}.turn`, async () => {
    await requireFree(folder, file);
    const own: Owner = { what, pid: process.pid, host: hostname(), since: new Date().toISOString() };
    await writeFileAtomic(file, `${JSON.stringify(own)}\n`);
  });
  const remove = (): void => rmSync(file, { force: true });
  process.on("exit", remove);
  return () => {
    process.off("exit", remove);
    remove();
  };
}
