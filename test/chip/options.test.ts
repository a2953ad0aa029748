// Slow: builds programs for the emulated chip
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost, type RunOptions, type RunResult } from "../../host-tools/xs/index.js";
import { cuts, erased, flashProgram } from "../helpers/flashCuts.js";
import { board, needs } from "../helpers/needs.js";

const timeoutMs = 120_000;

needs(board)("the chip's flash is in its file, and power cuts leave in it what they leave on the host", async (t) => {
  t.timeout(600_000);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-flash-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const chip = await buildChip({ manifest: flashProgram });
  const flash = path.join(folder, "flash.bin");
  const first = await runChip(chip, { flash, args: ["write"], timeoutMs });
  t.deepEqual(first.lines, [erased, "1,2,3,4,5,6,7,8"], first.stderr);
  t.is(first.flashAccesses, 3);
  t.deepEqual((await runChip(chip, { flash, timeoutMs })).lines, ["1,2,3,4,5,6,7,8"]);
  const bytes = await readFile(flash);
  t.is(bytes.length, 65536 + 16384);
  t.deepEqual([...bytes.subarray(0, 9)], [1, 2, 3, 4, 5, 6, 7, 8, 255]);
  for (const { powerCut, left } of cuts) {
    await rm(flash);
    const cut = await runChip(chip, { flash, powerCut, args: ["write"], timeoutMs });
    t.is(cut.exitCode, powerCut < 4 ? exitCodes.powerCut : 0, cut.stderr);
    t.deepEqual((await runChip(chip, { flash, timeoutMs })).lines, [left], `power cut at ${powerCut}`);
  }
  const none = await runChip(chip, { flashFails: [0, 60], timeoutMs });
  t.is(none.exitCode, exitCodes.exception);
  t.regex(none.stderr, /read failed/);
});

const startTime = Date.UTC(2026, 5, 1);
/** Test programs for both, with options under which they do the same. */
const runs: readonly (readonly [title: string, options: RunOptions])[] = [
  ["deep sleeps", {}],
  ["a fast RTC", { rtcPpm: 30_000 }],
  ["another counter of milliseconds", { startTicks: 7 }],
  [
    "resets while awake and asleep, with RTC memory kept, damaged and lost",
    {
      resetsAt: [
        { at: 0.5, kind: "kept" },
        { at: 500, kind: "kept" },
        { at: 1500, kind: "damaged" },
        { at: 3000, kind: "power" },
      ],
    },
  ],
];

/** What the programs say; times in seconds, as code takes some ms, on the chip some more. */
const saidBy = ({ lines }: RunResult): unknown[] =>
  lines.map((line) => {
    const { rtc, date, ticks, ...rest } = JSON.parse(line) as Record<string, number>;
    return { ...rest, seconds: [rtc!, date! - startTime, ticks!].map((ms) => Math.floor(ms / 1000)) };
  });

needs(board)("deep sleep, the RTC, resets and power cuts are on the chip as on the host", async (t) => {
  t.timeout(600_000);
  const parts = {
    manifest: path.join(loamRoot, "test/chip/manifest.json"),
    main: path.join(loamRoot, "test/sleep/board.xs.ts"),
  };
  const chip = await buildChip(parts);
  const host = await buildHost(parts);
  for (const [title, options] of runs) {
    const wanted = await runHost(host, { ...options, startTime, timeoutMs });
    const result = await runChip(chip, { ...options, startTime, timeoutMs });
    t.is(result.exitCode, 0, `${title}: ${result.stderr}`);
    t.true(wanted.lines.length >= 4, title);
    t.deepEqual(saidBy(result), saidBy(wanted), title);
    t.deepEqual(result.injected, wanted.injected, title);
    for (const key of ["sleeps", "resets", "powerCuts"] as const) t.is(result.power![key], wanted.power![key], title);
    for (const key of ["deepSleep", "lightSleep", "active"] as const)
      t.true(Math.abs(result.power![key] - wanted.power![key]) < 0.1, `${title}: ${key} ${result.power![key]} s`);
  }
  const last = await runChip(chip, { restarts: false, startTime, timeoutMs });
  t.is(last.lines.length, 1, "nothing starts it again");
});

needs(board)(
  "crashes begin the program anew where that is wanted, and random numbers are those of the seed",
  async (t) => {
    t.timeout(600_000);
    const parts = {
      manifest: path.join(loamRoot, "test/chip/manifest.json"),
      main: path.join(loamRoot, "test/chip/crashes.xs.ts"),
    };
    const chip = await buildChip(parts);
    const host = await buildHost(parts);
    for (const seed of [undefined, 5]) {
      const options = { restartOnCrash: true, timeoutMs, ...(seed !== undefined && { seed }) };
      const wanted = await runHost(host, options);
      const result = await runChip(chip, options);
      t.is(result.exitCode, 0, result.stderr);
      t.deepEqual(
        wanted.lines.map((line) => line.split(" ")[0]),
        ["power", "panic", "panic", "panic"],
      );
      t.deepEqual(result.lines, wanted.lines);
      t.is(result.power!.resets, 3);
    }
    const once = await runChip(chip, { timeoutMs });
    t.is(once.exitCode, exitCodes.exception);
    t.regex(once.stderr, /the first program/);
  },
);
