import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { execa } from "execa";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { withLock } from "../../host-tools/lib/lock.js";

const folder = path.join(buildRoot, "test", `lock-${process.pid}`);
test.before(() => mkdirSync(folder, { recursive: true }));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** A process that has ended. */
async function deadPid(): Promise<number> {
  const child = execa("true");
  await child;
  return child.pid!;
}

for (const [what, left] of [
  ["nobody", undefined],
  ["a process that has ended", async () => `${await deadPid()} 4dd51e0c-1b0e-4c53-8a43-0d8b6d1a1b2f`],
  ["a crash of the machine", () => Promise.resolve("")],
] as const)
  test(`a lock that ${what} has is had by one at a time, and nothing is left`, async (t) => {
    const place = path.join(folder, what.replaceAll(" ", "-"));
    const file = path.join(place, "lock");
    mkdirSync(place);
    if (left) writeFileSync(file, await left());
    let [now, most, done] = [0, 0, 0];
    const take = () =>
      withLock(file, async () => {
        most = Math.max(most, ++now);
        await sleep(5);
        now--;
        done++;
      });
    await Promise.all(Array.from({ length: 20 }, take));
    t.deepEqual({ most, done }, { most: 1, done: 20 });
    t.deepEqual(readdirSync(place), []);
  });

test("a lock is free again when the work fails", async (t) => {
  const file = path.join(folder, "failing");
  await t.throwsAsync(
    withLock(file, () => Promise.reject(new Error("work"))),
    { message: "work" },
  );
  t.is(await withLock(file, () => Promise.resolve(1)), 1);
});
