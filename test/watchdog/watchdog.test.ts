import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";

const here = path.join(loamRoot, "test/watchdog");
const program = buildHost({ manifest: path.join(here, "manifest.json"), main: path.join(here, "watchdog.xs.ts") });

/** Why the second program began, and how many seconds after power-on; undefined: there was none. A start takes 0.3 s. */
const cases: [what: string, cause?: string, at?: number, stderr?: string][] = [
  ["hangs", "watchdog", 25.3, "watchdog: no turn of the event loop for 20 s"],
  ["hangs at once", "watchdog", 20.3, "watchdog: no turn of the event loop for 20 s"],
  ["blocks in C", "watchdog", 25.3, "watchdog: no turn of the event loop for 20 s"],
  ["works for long"],
  ["is not fed", "watchdog", 20.3, "watchdog: not fed for 20 s"],
  ["is fed for a while", "watchdog", 80.3, "watchdog: not fed for 20 s"],
  ["waits for long"],
  ["feeds before the start"],
  ["sleeps", "timer", 900.3],
  ["throws", "panic", 3.3, "RangeError: nobody catches this"],
  ["takes all memory", "panic", undefined, "memory full"],
];

for (const [what, cause, at, stderr = ""] of cases) {
  test(`a program that ${what}: ${cause ? `the next one begins because of "${cause}"` : "goes on"}`, async (t) => {
    const run = await runHost(await program, { args: [what], restartOnCrash: true, timeoutMs: 60_000 });
    t.is(run.exitCode, 0, run.stderr);
    const starts = run.lines.map((line) => JSON.parse(line) as { cause: string; at: number; timeout: number });
    t.deepEqual(
      starts.map((start) => start.cause),
      cause ? ["power", cause] : ["power"],
    );
    if (at !== undefined) t.true(Math.abs(starts[1]!.at - at) < 0.05, `${starts[1]!.at} s`);
    t.true(run.stderr.includes(stderr), run.stderr);
    t.is(starts[0]!.timeout, 20_000);
    t.is(run.power!.resets, cause && cause !== "timer" ? 1 : 0);
  });
}

test("sampling that stops while the event loop turns is a reset", async (t) => {
  const pulse = buildHost({ manifest: path.join(here, "manifest.json"), main: path.join(here, "pulse.xs.ts") });
  const run = await runHost(await pulse, { timeoutMs: 60_000 });
  t.is(run.exitCode, 0, run.stderr);
  const starts = run.lines.map((line) => JSON.parse(line) as { cause: string; at: number });
  t.deepEqual(
    starts.map(({ cause }) => cause),
    ["power", "watchdog"],
  );
  // It stopped at 300 s; 10 s of patience, fed every 5 s, and 20 s until the watchdog expires.
  t.true(starts[1]!.at > 325 && starts[1]!.at < 336, `${starts[1]!.at} s`);
  t.true(run.stderr.includes("not fed"));
});

test("without restartOnCrash a crash ends the run", async (t) => {
  const run = await runHost(await program, { args: ["throws"], timeoutMs: 60_000 });
  t.is(run.exitCode, exitCodes.exception);
  t.is(run.lines.length, 1);
});
