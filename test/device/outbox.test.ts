import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { confirmedFrom } from "../../device/codec/importance.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { exitCodes, type RunResult } from "../../host-tools/xs/index.js";
import { runXs } from "./helpers/xs.js";

const folder = path.join(buildRoot, "test", `outbox-${process.pid}`);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

type Line = [what: string, sequence: number, a?: number, b?: number];
interface Item {
  importance: number;
  length: number;
}

/** What a run of operations must have left behind; the operation that the power cut fell into may have happened or not. */
class Expected {
  readonly items = new Map<number, Item>();
  /** May be there, because it was being put, or because it was being removed or dropped for room. */
  readonly maybe = new Map<number, Item>();
  next = 0;
  dropped = 0;

  follow(run: RunResult): void {
    this.maybe.clear();
    let open: Line | undefined;
    let weight: Item | undefined;
    for (const line of run.lines.map((text) => JSON.parse(text) as Line)) {
      const [what, sequence] = line;
      open = what === "putting" || what === "removing" ? line : undefined;
      if (what === "putting") weight = { importance: line[2]!, length: line[3]! };
      if (what === "removed") this.items.delete(sequence);
      if (what === "put") this.items.set(sequence, weight!);
      if (what === "put" || what === "refused") this.#drop(line[2]! - (what === "refused" ? 1 : 0), sequence);
      if (what === "put") this.next = sequence + 1;
    }
    if (open?.[0] === "putting") {
      this.maybe.set(open[1], weight!);
      // To make room for it, some of the least important may be gone.
      for (const [sequence, item] of this.items)
        if (item.importance < confirmedFrom && item.importance <= weight!.importance) this.maybe.set(sequence, item);
    } else if (open) this.maybe.set(open[1], this.items.get(open[1])!);
    for (const sequence of this.maybe.keys()) this.items.delete(sequence);
  }

  /** The oldest of the least important go, but not what must be confirmed. */
  #drop(count: number, except: number): void {
    for (let i = 0; i < count; i++) {
      const victims = [...this.items].filter(
        ([sequence, { importance }]) => importance < confirmedFrom && sequence !== except,
      );
      victims.sort(([a, x], [b, y]) => x.importance - y.importance || a - b);
      this.items.delete(victims[0]![0]);
      this.dropped++;
    }
  }
}

async function check(
  t: ExecutionContext,
  expected: Expected,
  flash: string,
  bytes: number,
  what: string,
): Promise<void> {
  const run = await runXs("outbox", { args: ["1", "0", String(bytes)], flash });
  t.is(run.exitCode, 0, `${what}: ${run.stderr}`);
  const lines = run.lines.map((line) => JSON.parse(line) as [number, number, number, boolean] | ["next", number]);
  const next = lines.pop() as ["next", number];
  const found = new Map(
    (lines as [number, number, number, boolean][]).map(([sequence, importance, length, intact]) => [
      sequence,
      { importance, length, intact },
    ]),
  );
  t.is(found.size, lines.length, `${what}: an item is there twice`);
  for (const [sequence, item] of expected.items)
    t.deepEqual(found.get(sequence), { ...item, intact: true }, `${what}: item ${sequence}`);
  for (const [sequence, { intact }] of found)
    t.true(
      intact && (expected.items.has(sequence) || expected.maybe.has(sequence)),
      `${what}: item ${sequence} should not be there`,
    );
  t.true(
    next[1] === expected.next || next[1] === expected.next + 1,
    `${what}: the next number is ${next[1]}, expected ${expected.next}`,
  );
  const order = (lines as [number, number, number, boolean][]).map(
    ([sequence, importance]) => [importance, sequence] as const,
  );
  t.deepEqual(
    order,
    [...order].sort((a, b) => b[0] - a[0] || a[1] - b[1]),
    `${what}: the most important first, the oldest of these first`,
  );
}

test("what is in the outbox survives restarts, in order, and goes when it is removed", async (t) => {
  const flash = path.join(folder, "restart.bin");
  const expected = new Expected();
  for (const seed of [1, 2, 3]) {
    const run = await runXs("outbox", { args: [String(seed), "40", "65536"], flash });
    t.is(run.exitCode, 0, run.stderr);
    expected.follow(run);
  }
  t.true(expected.items.size > 10);
  t.is(expected.dropped, 0);
  await check(t, expected, flash, 65536, "after three runs");
});

test("a full outbox drops the oldest of the least important, never what must be confirmed", async (t) => {
  const flash = path.join(folder, "full.bin");
  const expected = new Expected();
  const run = await runXs("outbox", { args: ["11", "600", "16384"], flash });
  t.is(run.exitCode, 0, run.stderr);
  expected.follow(run);
  t.true(expected.dropped > 20);
  t.true([...expected.items.values()].some(({ importance }) => importance >= confirmedFrom));
  await check(t, expected, flash, 16384, "when full");
});

test("the power may fail during any write or erase: nothing is lost, torn or there twice", async (t) => {
  // Every cut of the first writes, then a spread over the moves and erases of a full outbox; different parts of the bytes are done.
  const cuts = [...Array.from({ length: 12 }, (_, i) => i + 1), ...Array.from({ length: 36 }, (_, i) => 13 + i * 17)];
  for (const [index, cut] of cuts.entries()) {
    const flash = path.join(folder, `cut${cut}.bin`);
    const what = `power cut at write ${cut}`;
    const expected = new Expected();
    const seed = String(20 + (index % 5));
    const run = await runXs("outbox", {
      args: [seed, "500", "8192"],
      flash,
      powerCut: cut + [0, 0.3, 0.6, 0.95][index % 4]!,
    });
    t.is(run.exitCode, exitCodes.powerCut, `${what}: ${run.stderr}`);
    expected.follow(run);
    // Life goes on from there, and is cut again.
    if (index % 3 === 0) {
      const again = await runXs("outbox", { args: [seed + 1, "60", "8192"], flash });
      t.is(again.exitCode, 0, `${what}, then on: ${again.stderr}`);
      continue;
    }
    await check(t, expected, flash, 8192, what);
  }
});
