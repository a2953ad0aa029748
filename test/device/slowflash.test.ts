// Slow: simulates an hour of windows without a gap
import path from "node:path";
import test from "ava";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { exampleNode, quietDay } from "./helpers/day.js";
import { writeSoilDay } from "./helpers/soil.js";

const folder = path.join(buildRoot, "test", `slowflash-${process.pid}`);
const windows = 120;

/** Fast sensors, and a small outbox, which erases often; an uplink in every window, while it goes on. */
function busyNode() {
  const node = exampleNode();
  const [soil, , , vibration] = node.sensors;
  return checkConfig({
    ...node,
    sensors: [
      { ...soil, rate: 8, range: [5, 60], hardware: { chip: "analog", pin: 34, scale: 40 / 1.225 } },
      { ...vibration, hardware: { chip: "lis3dh", axis: "z", data: 21, clock: 22, address: 24 } },
    ],
    window: { ...node.window, everySeconds: 30 },
    features: { ...node.features, spectra: [], correlations: [] },
    outbox: { bytes: 8192 },
  }).config;
}
const config = busyNode();
const day = quietDay(config, windows, () => 40);
const { model, recording } = writeSoilDay(folder, config, day);

// Typical times, and the longest of the data sheet (simFlash.c).
for (const [flashSlowness, what] of [
  [1, "typical"],
  [8.9, "slowest"],
] as const)
  test(`flash of ${what} times: windows are used, and no payload is lost`, async (t) => {
    const program = await buildHost({ manifest: path.join(loamRoot, "test/device/slowflash.manifest.json") });
    const events: SimulationEvent[] = [];
    const summary = await simulate({
      recording,
      config,
      model,
      onEvent: (event) => events.push(event),
      run: (options) => runHost(program, { ...options, flashSlowness, timeoutMs: 300_000 }),
    });
    const made = events.filter(({ event }) => event === "window") as { isFit: boolean; waiting: number }[];
    t.true(made.length >= windows - 1, `${made.length}`);
    t.deepEqual(
      events.filter(({ event }) => event === "sensor failed"),
      [],
    );
    const faults = events.filter(({ event }) => event === "fault") as { sensor: string; count: number }[];
    if (flashSlowness === 1) t.deepEqual(faults, []);
    // An erase of 400 ms is longer than the LIS3DH's FIFO of 32 samples at 100 Hz: what it loses is counted, and the window used.
    t.true(faults.length < windows / 10, JSON.stringify(faults));
    const ofWindow = { soil: 8 * 30, vibration: 64 * 30 };
    for (const { sensor, count } of faults) t.true(count <= ofWindow[sensor as "soil"] / 10, JSON.stringify(faults));
    t.true(made.every(({ isFit }) => isFit));
    const stored = events.filter(({ event }) => event === "stored");
    const reports = events.filter((event) => event.event === "uplink" && event.payload.kind === "report");
    t.is(reports.length, stored.length - summary.waiting);
    t.log(`${summary.power.active} s active of ${windows * config.window.everySeconds}`);
    t.true(made.at(-1)!.waiting <= 2, JSON.stringify(made.at(-1)));
  });
