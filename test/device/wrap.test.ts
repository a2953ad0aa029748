// Slow: runs nodes for many windows of simulated time
// The node's whole firmware on the days on which the chip's 32-bit counter of milliseconds changes its sign and begins again.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { readRecording } from "../../host-tools/features/csv.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { dayStart, exampleNode, generator, recordDay } from "./helpers/day.js";

const folder = path.join(buildRoot, "test", `wrap-${process.pid}`);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

interface Event {
  event: string;
  kind?: string;
  sensor?: string;
  isFit?: boolean;
  time?: number;
}

const windows = 4;
const everySeconds = exampleNode().window.everySeconds;

/** Vibration is stuck in every other window, and soil moisture from the first window on, which is too long from the third on. */
function recording(isBad: boolean) {
  const config = exampleNode();
  if (isBad)
    config.sensors.find(({ name }) => name === "soil")!.stuckSeconds = 2 * everySeconds - config.window.seconds;
  const random = generator(7);
  const text = recordDay(config, windows, (sensor, window) => {
    const noise = random() - 0.5;
    if (sensor === "soil") return isBad ? "30" : (30 + 0.2 * noise).toFixed(3);
    if (sensor === "temperature") return (15 + noise).toFixed(3);
    if (sensor === "humidity") return (60 + noise).toFixed(3);
    return isBad && window % 2 === 0 ? "0.02" : (0.1 * noise).toFixed(4);
  });
  return { config, replay: readRecording("recording.csv", Buffer.from(text), config, false).replay };
}

async function run(name: string, isBad: boolean, startTicks: number): Promise<Event[]> {
  const { config, replay } = recording(isBad);
  const files = {
    "replay.bin": path.join(folder, `${name}.bin`),
    "node.config.json": path.join(folder, `${name}.json`),
  };
  writeFileSync(files["replay.bin"], replay);
  writeFileSync(files["node.config.json"], JSON.stringify(config));
  const program = await buildHost({ manifest: path.join(loamRoot, "test/device/manifest.json") });
  const finished = new AbortController();
  const events: Event[] = [];
  let seen = 0;
  const result = await runHost(program, {
    resources: files,
    startTime: dayStart * 1000,
    startTicks,
    finish: finished.signal,
    timeoutMs: 60_000,
    onLine(line) {
      if (seen === windows || !line.startsWith('{"event":')) return;
      const event = JSON.parse(line) as Event;
      events.push(event);
      if (event.event === "window" && ++seen === windows) finished.abort();
    },
  });
  if (result.exitCode !== exitCodes.requested) throw new Error(result.stderr);
  return events;
}

for (const [day, wrap] of [
  [25, 2 ** 31],
  [50, 2 ** 32],
] as const) {
  // In the middle of a window.
  const startTicks = wrap - 15_000;

  test(`day ${day}: no clock jump, no fault, windows at their times`, async (t) => {
    const events = await run(`good${day}`, false, startTicks);
    t.deepEqual(
      events.filter(({ event }) => event === "fault" || event === "sensor failed"),
      [],
    );
    const found = events.filter(({ event }) => event === "window");
    t.deepEqual(
      found.map(({ isFit, time }) => [isFit, Math.round(time! - dayStart)]),
      Array.from({ length: windows }, (_, window) => [true, window * everySeconds]),
    );
  });

  test(`day ${day}: a stuck sensor counts as stuck, within a window and over several`, async (t) => {
    const events = await run(`stuck${day}`, true, startTicks);
    const faults: string[][] = [];
    const fit: (boolean | undefined)[] = [];
    let current: string[] = [];
    for (const { event, kind, sensor, isFit } of events) {
      if (event === "fault") current.push(`${kind} ${sensor}`);
      if (event !== "window") continue;
      faults.push(current);
      fit.push(isFit);
      current = [];
    }
    t.deepEqual(faults, [["stuck vibration"], [], ["stuck soil", "stuck vibration"], ["stuck soil"]]);
    t.deepEqual(fit, [false, true, false, false]);
  });
}
