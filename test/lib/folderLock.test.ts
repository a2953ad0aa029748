import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { folderLockName, holdFolder } from "../../host-tools/lib/folderLock.js";

async function folderOf(t: ExecutionContext): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-hold-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return { folder, file: path.join(folder, folderLockName) };
}

test("a folder that a process holds is refused to others, with which one and since when", async (t) => {
  const { folder, file } = await folderOf(t);
  const release = await holdFolder(folder, "loam train");
  const { since } = JSON.parse(await readFile(file, "utf8")) as { since: string };
  await t.throwsAsync(holdFolder(folder, "loam example"), {
    name: "UserError",
    message: `loam train (process ${process.pid}, since ${since}) works in ${folder}: wait for its end, or name another folder`,
  });
  release();
  t.false(existsSync(file));
  (await holdFolder(folder, "loam example"))();
});

test("what a process has left that is dead is taken over; of another machine it is not known", async (t) => {
  const { folder, file } = await folderOf(t);
  const child = execa("true");
  await child;
  const left = { what: "loam train", pid: child.pid, host: hostname(), since: "2026-03-05T06:00:00.000Z" };
  await writeFile(file, JSON.stringify(left));
  const release = await holdFolder(folder, "loam train");
  t.is((JSON.parse(await readFile(file, "utf8")) as { pid: number }).pid, process.pid);
  release();
  // A crash of the machine may leave a file without content.
  await writeFile(file, "");
  (await holdFolder(folder, "loam train"))();
  await writeFile(file, JSON.stringify({ ...left, host: "another" }));
  await t.throwsAsync(holdFolder(folder, "loam train"), {
    message: /process \d+ on another, .* if it has ended, delete/,
  });
});
