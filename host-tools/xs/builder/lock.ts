import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Runs `work` while no other process does so under the same name; a lock whose owner has died is taken over. */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const owner = path.join(directory, "pid");
  await mkdir(path.dirname(directory), { recursive: true });
  for (let misses = 0; ;) {
    try {
      await mkdir(directory);
      await writeFile(owner, String(process.pid));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const pid = Number(await readFile(owner, "utf8").catch(() => ""));
      // Between mkdir and writeFile the lock has no owner yet, so one check is not enough.
      misses = pid && isAlive(pid) ? 0 : misses + 1;
      if (misses > 20) await rm(directory, { recursive: true, force: true });
      else await sleep(50);
    }
  }
  try {
    return await work();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
