// Slow: simulates hours of a node that crashes, and a day of one that does not
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodeCommand, ports, type Fault, type ReceivedHealth } from "../../device/codec/codec.js";
import { currents as radioCurrents, transmitCurrent } from "../../host-tools/air/currents.js";
import { processorCurrents } from "../../host-tools/budget/currents.js";
import { buildHost, runHost, type PowerTimes } from "../../host-tools/xs/index.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate, type SimulateOptions } from "../../host-tools/simulate/simulate.js";
import { dayStart, exampleNode, quietDay } from "./helpers/day.js";
import { writeSoilDay, writeSoilModel } from "./helpers/soil.js";

const folder = path.join(buildRoot, "test", `hangs-${process.pid}`);
const config = exampleNode();
const model = writeSoilModel(folder, config);
const every = config.window.everySeconds;

/** A day of so many windows, all of them normal. */
function recorded(windows: number): string {
  const file = path.join(folder, `${windows}.csv`);
  writeFileSync(
    file,
    quietDay(config, windows, () => 40),
  );
  return file;
}

/** A node whose firmware has this fault. */
const failing = (fault: string): Partial<SimulateOptions> => ({
  async run(given) {
    const main = path.join(loamRoot, "test/device/failing.xs.ts");
    return await runHost(await buildHost({ main }), { ...given, args: [fault], restartOnCrash: true });
  },
});

/** mAh an hour of safe mode: docs/sleep.md. In light sleep alone an ESP32 takes 0.8. */
const safeModeCharge = 0.05;

/** mAh an hour of an ESP32 and an SX1262 at 14 dBm. */
function chargePerHour({ deepSleep, lightSleep, active, transmit, receive }: PowerTimes): number {
  const { esp32 } = processorCurrents;
  const { sx1262 } = radioCurrents;
  const charge =
    deepSleep * esp32.deepSleep +
    lightSleep * esp32.lightSleep +
    active * esp32.active +
    transmit * transmitCurrent(sx1262!, 14) +
    receive * sx1262!.receive;
  return charge / (deepSleep + lightSleep + active);
}

async function run(windows: number, options: Partial<SimulateOptions> = {}) {
  const events: SimulationEvent[] = [];
  const summary = await simulate({
    recording: recorded(windows),
    config,
    model,
    restartOnCrash: true,
    ...options,
    onEvent: (event) => events.push(event),
  });
  return { events, summary };
}

const faultsIn = (events: SimulationEvent[]): Fault[] =>
  events.flatMap((event) => (event.event === "uplink" && event.payload.kind === "fault" ? event.payload.faults : []));
const healthIn = (events: SimulationEvent[]): ReceivedHealth[] =>
  events.flatMap((event) => (event.event === "uplink" && event.payload.kind === "health" ? [event.payload] : []));
const timesOf = (events: SimulationEvent[], what: SimulationEvent["event"]): number[] =>
  events.flatMap((event) => (event.event === what ? [event.time - dayStart] : []));

test("a node that hangs in its first window: the watchdog resets it, the network learns why, and it goes on", async (t) => {
  const { events, summary } = await run(4, failing("hangs once"));
  const hangs = timesOf(events, "log")[0]!;
  const restarts = timesOf(events, "restarted");
  t.true(restarts.length > 0);
  t.true(
    // Fed every 5 s, until then.
    restarts[0]! - hangs > 14 && restarts[0]! - hangs < 21,
    `${restarts[0]! - hangs} s`,
  );
  t.deepEqual(faultsIn(events)[0], { kind: "restarted", cause: "watchdog", count: 1 });
  t.true(summary.windows >= 3);
  t.is(summary.waiting, 0);
});

for (const [what, options, cause] of [
  ["a node that hangs at its start", () => failing("hangs"), "watchdog"],
  ["a node that takes all memory at its start", () => failing("fills"), "panic"],
  [
    "a normalizer that is too short",
    () => {
      const bad = path.join(folder, "bad");
      const badModel = writeSoilModel(bad, config);
      const normalizer = path.join(bad, "normalizer.bin");
      writeFileSync(normalizer, readFileSync(normalizer).subarray(0, 20));
      return { model: badModel };
    },
    "panic",
  ],
] as [string, () => Partial<SimulateOptions>, string][]) {
  test(`${what}: safe mode, which the network sees, ends by itself, and comes back`, async (t) => {
    const hours = 6.5;
    const { events, summary } = await run(Math.ceil((hours * 3600) / every), options());
    const begins = timesOf(events, "safe mode");
    t.is(begins.length, 2, String(begins));
    // Four starts, of which the watchdog takes 20 s each.
    t.true(begins[0]! < 4 * 21, `${begins[0]} s`);
    // Tried again after six hours, and once was enough.
    t.true(begins[1]! > 6 * 3600 && begins[1]! < 6 * 3600 + 120, `${begins[1]} s`);
    const faults = faultsIn(events);
    t.deepEqual(
      faults.filter(({ kind }) => kind === "safe mode"),
      [
        { kind: "safe mode", cause, count: 1 },
        { kind: "safe mode", cause, count: 1 },
      ] as Fault[],
    );
    t.true(faults.some((fault) => fault.kind === "restarted" && fault.cause === cause));
    t.is(timesOf(events, "window").length, 0);
    const health = healthIn(events);
    t.true(health.length >= 12, `${health.length} health reports`);
    t.true(health.every(({ safeMode }) => safeMode));
    t.is(health[0]!.resets![cause as "panic"], 4);
    // What the network has sent reaches it all the time: no longer than the half hour between two reports without an uplink.
    const uplinks = events.flatMap((event) => (event.event === "uplink" ? [event.time] : []));
    t.true(uplinks.every((time, i) => i === 0 || time - uplinks[i - 1]! < 1860));
    // Without what the watchdog waited for: 20 s for each of five hangs.
    const hung = cause === "watchdog" ? 5 * 20 : 0;
    const charge = chargePerHour({ ...summary.power, active: summary.power.active - hung });
    t.true(charge < safeModeCharge, `${charge} mAh an hour`);
    t.log(`${charge.toFixed(3)} mAh an hour`);
  });
}

for (const [what, distance, modes] of [
  ["and no gateway hears it: safe mode after eight times", 200_000, 1],
  ["and whose uplinks are sent in between goes on", 800, 0],
] as const)
  test(`a node that crashes after every other window, ${what}`, async (t) => {
    const windows = 20;
    const { window, features, sensors, ...rest } = config;
    const short = {
      ...rest,
      window,
      sensors: [{ ...sensors[0]!, rate: 2 }],
      features: { ...features, spectra: [], correlations: [] },
    };
    // Without gaps, as windows begin at any time after a crash; and with another verdict in each, which is reported.
    const parts = every / window.seconds;
    const day = quietDay({ ...short, window: { ...window, everySeconds: window.seconds } }, windows * parts, (part) =>
      Math.floor(part / parts) % 2 ? 5 : 40,
    );
    const place = path.join(folder, `crashes-${modes}`);
    const events: SimulationEvent[] = [];
    await simulate({
      ...writeSoilDay(place, short, day),
      config: short,
      distance,
      ...failing("fills later"),
      onEvent: (event) => events.push(event),
    });
    const begins = timesOf(events, "safe mode");
    t.is(begins.length, modes, String(begins));
    const before = (at: number): boolean => at <= (begins[0] ?? Infinity);
    const crashes = timesOf(events, "restarted").filter(before);
    const handled = timesOf(events, "window").filter(before);
    if (modes > 0) t.is(crashes.length, 8);
    else t.true(crashes.length > 8, `${crashes.length} crashes`);
    t.true(handled.length > crashes.length, `${handled.length} windows, ${crashes.length} crashes`);
  });

test("safe mode ends by a downlink", async (t) => {
  const { events } = await run(8, {
    ...failing("hangs"),
    downlinks: [{ at: 1200, port: ports.command, payload: encodeCommand("restart") }],
  });
  const begins = timesOf(events, "safe mode");
  const commanded = timesOf(events, "command" as never)[0]!;
  t.is(begins.length, 2, String(begins));
  t.true(commanded > 1200 && begins[1]! > commanded && begins[1]! - commanded < 60, `${commanded} ${begins[1]}`);
});

test("flash that fails for an hour: the node measures on, and the network learns of it", async (t) => {
  const { events, summary } = await run(10, { flashFails: [2 * every - 10, 5 * every - 10] });

  t.is(summary.windows, 10);
  t.true(timesOf(events, "flash failed").length > 0);
  const storage = faultsIn(events).filter(({ kind }) => kind === "storage");
  t.true(storage.length > 0 && storage[0]!.count > 0, JSON.stringify(faultsIn(events)));
});

test("a day: the health report says what the simulation measured", async (t) => {
  const { events, summary } = await run(Math.ceil(86_400 / every) + 2);
  const reports = healthIn(events);
  t.is(reports.length, 1);
  const [health] = reports as [Required<ReceivedHealth>];
  const at = timesOf(events, "health")[0]!;
  t.true(at >= 86_400 && at < 86_400 + every + 60, `${at} s`);
  t.false(health.safeMode);
  t.deepEqual(health.resets, { power: 1, reset: 0, watchdog: 0, panic: 0, brownout: 0 });
  t.is(health.restarts, 1);
  const airtime = events.reduce(
    (sum, event) =>
      event.event === "radio" && event.kind !== "downlink" && event.time - dayStart <= at ? sum + event.airtime : sum,
    0,
  );
  t.true(airtime > 1000);
  t.true(Math.abs(health.airtime - airtime / 1000) <= 0.1, `${health.airtime} s, ${airtime} ms`);
  t.true(health.duty > 0 && health.duty <= 1);
  t.true(health.stackPeak > 0 && health.stackPeak <= summary.stackPeakSlots);
  t.true(health.heapPeak > 20_000 && health.heapPeak <= summary.heapPeakBytes, `${health.heapPeak} bytes`);
  t.true(health.erases > 0);
  const { version } = JSON.parse(readFileSync(path.join(loamRoot, "package.json"), "utf8")) as { version: string };
  t.is(health.firmware, version);
  t.is(health.script, 0);
  t.is(faultsIn(events).length, 0);
});
