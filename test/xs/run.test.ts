import test from "ava";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../host-tools/lib/errors.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/basic");
const manifest = path.join(folder, "manifest.json");
const startTime = Date.UTC(2026, 2, 4, 5, 6, 7);

/** A start takes 5 ms, as on the chip. */
test("a program ends when nothing is left to do, without waiting in real time", async (t) => {
  const result = await runHost(await buildHost({ manifest }), { startTime, startTicks: 0, timeoutMs: 30_000 });
  t.is(result.exitCode, 0, result.stderr);
  t.deepEqual(result.lines, [
    "answer 42",
    "tick 1 at 1005",
    "date 2026-03-04T05:06:08.505Z",
    "tick 2 at 2005",
    "tick 3 at 3005",
  ]);
  t.is(result.heap!.limit, 65536);
});

test("Time.ticks has 32 bits and a sign, as on the chip; a run crosses the change of sign unless it is told where to start", async (t) => {
  const program = await buildHost({ manifest });
  const ticks = async (startTicks?: number) => {
    const { lines } = await runHost(program, { timeoutMs: 30_000, ...(startTicks !== undefined && { startTicks }) });
    return lines.filter((line) => line.startsWith("tick")).map((line) => Number(line.split(" at ")[1]));
  };
  t.deepEqual(await ticks(2 ** 31 - 1500), [2 ** 31 - 495, -(2 ** 31) + 505, -(2 ** 31) + 1505]);
  t.deepEqual(await ticks(2 ** 32 - 1500), [-495, 505, 1505]);
  const [first] = await ticks();
  t.true(first! > 2 ** 31 - 60_000 && first! < 2 ** 31);
});

test("an endless program stops on request between two turns of the event loop, and still reports its heap use", async (t) => {
  const program = await buildHost({ manifest, main: path.join(folder, "endless.ts") });
  const finish = new AbortController();
  const result = await runHost(program, {
    finish: finish.signal,
    timeoutMs: 30_000,
    onLine: (line) => line === "tick 100" && finish.abort(),
  });
  t.is(result.exitCode, exitCodes.requested);
  t.true(result.lines.length >= 100);
  t.true(result.heap!.peakBytes > 0);
});

test("an endless program is killed", async (t) => {
  const program = await buildHost({ manifest, main: path.join(folder, "endless.ts") });
  const kill = new AbortController();
  const result = await runHost(program, {
    signal: kill.signal,
    timeoutMs: 30_000,
    onLine: (line) => line === "tick 100" && kill.abort(),
  });
  t.is(result.signal, "SIGKILL");
  t.is(result.heap, undefined);
  await t.throwsAsync(runHost(program, { timeoutMs: 200 }), {
    instanceOf: UserError,
    message: /not ended after 200 ms/,
  });
});
