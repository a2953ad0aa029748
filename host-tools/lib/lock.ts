import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether there is such a process on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Process and key of the lock's owner; undefined when nobody has it. A file that a crash of the machine left unwritten has no living owner. */
async function ownerOf(file: string): Promise<{ pid: number; key: string } | undefined> {
  try {
    const [, pid, key] = /^(\d+) ([\w-]+)$/.exec(await readFile(file, "utf8")) ?? [];
    return { pid: Number(pid), key: key ?? "unwritten" };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Creates the lock with its content in one step. @returns whether nobody had it */
async function acquire(ready: string, file: string): Promise<boolean> {
  try {
    await link(ready, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Runs `work` while no other process does so under the same name; a lock whose owner has died is taken over. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const key = randomUUID();
  const ready = `${file}.${key}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(ready, `${process.pid} ${key}`);
  try {
    while (!(await acquire(ready, file))) {
      const owner = await ownerOf(file);
      if (!owner || isAlive(owner.pid)) await sleep(50);
      // Of all that see a dead owner one removes its lock, and nobody the lock of the next owner.
      else
        await withLock(`${file}.of-${owner.key}`, async () => {
          if ((await ownerOf(file))?.key === owner.key) await rm(file, { force: true });
        });
    }
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await rm(ready, { force: true });
  }
}
