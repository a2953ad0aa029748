import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { confirmedFrom } from "../../device/codec/importance.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost, type RunOptions, type RunResult } from "../../host-tools/xs/index.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(buildRoot, "test", `flash-${process.pid}`);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** Runs test/flash/NAME.xs.ts under XS, on the simulated flash. */
async function runXs(name: "outbox" | "session", options: RunOptions): Promise<RunResult> {
  const main = path.join(here, `${name}.xs.ts`);
  return runHost(await buildHost({ manifest: path.join(here, "manifest.json"), main }), {
    timeoutMs: 60000,
    seed: Number(options.args?.[0] ?? 0),
    ...options,
  });
}

type Line = [what: string, sequence: number, a?: number, b?: number];
interface Item {
  importance: number;
  length: number;
}

/** What a run of operations must have left behind; the operation during which power was cut may have happened or not. */
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
      // To make room for it, some of the least important items may have been dropped.
      for (const [sequence, item] of this.items)
        if (item.importance < confirmedFrom && item.importance <= weight!.importance) this.maybe.set(sequence, item);
    } else if (open) this.maybe.set(open[1], this.items.get(open[1])!);
    for (const sequence of this.maybe.keys()) this.items.delete(sequence);
  }

  /** The oldest of the least important items are dropped, but no confirmed payload. */
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

test("outbox items survive restarts, in order, until they are removed", async (t) => {
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

test("a full outbox drops the oldest of the least important items, never a confirmed payload", async (t) => {
  const flash = path.join(folder, "full.bin");
  const expected = new Expected();
  const run = await runXs("outbox", { args: ["11", "600", "16384"], flash });
  t.is(run.exitCode, 0, run.stderr);
  expected.follow(run);
  t.true(expected.dropped > 20);
  t.true([...expected.items.values()].some(({ importance }) => importance >= confirmedFrom));
  await check(t, expected, flash, 16384, "when full");
});

test("power cuts: nothing is lost, torn or duplicated", async (t) => {
  // A few of what powercut.test.ts has all of: first writes, and moves and erases of a full outbox.
  for (const [index, cut] of [2, 3, 4, 5, 40, 90, 160, 260, 390, 520, 700, 901].entries()) {
    const flash = path.join(folder, `cut${cut}.bin`);
    const what = `power cut at write ${cut}`;
    const expected = new Expected();
    const seed = String(20 + (index % 5));
    const run = await runXs("outbox", {
      args: [seed, "600", "8192"],
      flash,
      powerCut: cut + [0, 0.3, 0.6, 0.95][index % 4]!,
    });
    t.is(run.exitCode, exitCodes.powerCut, `${what}: ${run.stderr}`);
    expected.follow(run);
    // The next run continues from there.
    if (index % 3 === 0) {
      const again = await runXs("outbox", { args: [seed + 1, "60", "8192"], flash });
      t.is(again.exitCode, 0, `${what}, then on: ${again.stderr}`);
      continue;
    }
    await check(t, expected, flash, 8192, what);
  }
});

/** The newest full record and counters, once everything up to `save` was saved. */
const stateAfter = (save: number): [key: number, save: number, intact: boolean][] => [
  [1, save - (save % 9), true],
  [2, save % 9 === 0 ? save - 1 : save, true],
];

test("power cuts: the session's newest state is there, or the one before", async (t) => {
  const flash = path.join(folder, "session.bin");
  let saved = -1;
  for (const powerCut of [60.5, 61.2, 90.9, 130, 200.4, 333.3, 334.7]) {
    const run = await runXs("session", { args: [String(saved + 1), "120"], flash, powerCut });
    t.is(run.exitCode, exitCodes.powerCut, run.stderr);
    const lines = run.lines.map((line) => JSON.parse(line) as ["saving" | "saved", number]);
    saved = Math.max(saved, ...lines.filter(([what]) => what === "saved").map(([, save]) => save));
    const after = await runXs("session", { args: ["0", "0"], flash });
    t.is(after.exitCode, 0, after.stderr);
    const found = after.lines.map((line) => JSON.parse(line) as [number, number, boolean]);
    if (JSON.stringify(found) === JSON.stringify(stateAfter(saved + 1))) saved++;
    t.deepEqual(found, stateAfter(saved), `power cut at write ${powerCut}`);
  }
  t.true(saved > 150);
});
