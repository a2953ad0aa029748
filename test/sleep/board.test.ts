import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";

const here = path.join(loamRoot, "test/sleep");
const native = path.join(loamRoot, "native/sleep");

test("RTC memory: garbage and flipped bits give no record, torn writes the one before, never a wrong or an outdated one", (t) => {
  const folder = path.join(buildRoot, "test");
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, `retained-${process.pid}`);
  execFileSync(process.env["CC"] ?? "cc", [
    ...[
      "-std=c99",
      "-O1",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-g",
      "-fsanitize=address,undefined",
      "-fno-sanitize-recover",
    ],
    ...[`-I${native}`, path.join(here, "retainedTest.c"), path.join(native, "retained.c"), "-o", program],
  ]);
  const lines = execFileSync(program, { encoding: "utf8" }).trim().split("\n");
  t.deepEqual(
    lines,
    ["garbage", "replaced", "long", "layout", "torn", "flipped", "erased"].map((what) => `${what} 0`),
  );
});

const start = Date.UTC(2026, 5, 1);

async function programs(rtcPpm: number) {
  const program = await buildHost({
    manifest: path.join(here, "manifest.json"),
    main: path.join(here, "board.xs.ts"),
  });
  const run = await runHost(program, { rtcPpm, startTime: start, timeoutMs: 60000 });
  return { run, lines: run.lines.map((line) => JSON.parse(line) as Record<string, number | string | boolean>) };
}

test("a deep sleep ends the program: RTC memory, RTC and held pins are all that lasts", async (t) => {
  const { run, lines } = await programs(0);
  t.is(run.exitCode, 0, run.stderr);
  t.deepEqual(
    lines.map(({ count, text, cause }) => [count, text, cause]),
    [
      [0, "", "power"],
      [1, "abc", "timer"],
      [2, "bbc", "timer"],
      [3, "cbc", "timer"],
    ],
  );
  // 1 s awake, 900 s asleep, 0.3 s for the start; and some ms in which script runs.
  const isAbout = (value: unknown, wanted: number) => (value as number) >= wanted && (value as number) < wanted + 30;
  for (const [index, line] of lines.entries()) {
    t.true(isAbout(line["rtc"], index * 901300), `rtc ${String(line["rtc"])}`);
    t.true(isAbout(line["date"], start + index * 901300), `date ${String(line["date"])}`);
    t.is(line["leftover"], 0);
    t.false(line["otherLayout"]);
    t.is(line["held"], index === 0 ? 0 : 1);
    t.is(line["loose"], 0);
  }
  const { deepSleep, lightSleep, active, pins, cycles, ...rest } = run.power!;
  t.is(deepSleep, 2700);
  t.true(lightSleep > 3.9 && lightSleep <= 4, String(lightSleep));
  t.true(active >= 0.9 && active < 1, String(active));
  t.deepEqual(rest, { transmit: 0, receive: 0, sleeps: 3, resets: 0, powerCuts: 0 });
  // Between the first deep sleep and the last are two cycles of sleep, start and a second awake; a program takes 5 ms to its main module.
  t.is(cycles!.sleeps, 2);
  t.is(cycles!.deepSleep, 1800);
  t.true(Math.abs(cycles!.active + cycles!.lightSleep - 2.6) < 0.02, JSON.stringify(cycles));
  // Held and kept; held, but not kept in light sleep; neither: on only while the programs ran.
  const total = deepSleep + lightSleep + active;
  const isOn = (pin: number, seconds: number) => Math.abs(pins[pin]!.high - seconds) < 0.1;
  t.true(isOn(25, total) && isOn(27, total) && isOn(26, 4), JSON.stringify(pins));
  t.deepEqual(
    ["25", "26", "27"].map((pin) => pins[pin]!.hasFloated),
    [false, true, true],
  );
});

test("a fast RTC ends the sleep early, and takes the time of day with it", async (t) => {
  const { run, lines } = await programs(30_000);
  t.is(run.exitCode, 0, run.stderr);
  const asleep = run.power!.deepSleep / 3;
  t.true(Math.abs(asleep - 900 / 1.03) < 0.001, String(asleep));
  // What the program sees is the RTC's 900 s, plus 1.3 s awake, which the RTC takes for 3 % more.
  const date = Number(lines[1]!["date"]) - start;
  t.true(date >= 901300 && date < 901315, String(date));
  const rtc = Number(lines[1]!["rtc"]) - 900000 - 1300 * 1.03;
  t.true(rtc >= 0 && rtc < 15, String(rtc));
});

test("a request to end that comes between two programs ends the run like any other", async (t) => {
  const program = await buildHost({
    manifest: path.join(here, "manifest.json"),
    main: path.join(here, "again.xs.ts"),
  });
  for (let attempt = 1; attempt <= 40; attempt++) {
    const finished = new AbortController();
    let lines = 0;
    const run = await runHost(program, {
      finish: finished.signal,
      timeoutMs: 60_000,
      onLine: () => ++lines === attempt && finished.abort(),
    });
    t.is(run.exitCode, exitCodes.requested, `attempt ${attempt}: ${run.signal ?? ""} ${run.stderr}`);
    // With the figures of the programs before it.
    t.true((run.power?.sleeps ?? 0) >= attempt - 1, `attempt ${attempt}: ${run.power?.sleeps} sleeps`);
  }
});
