// Slow: simulates some minutes of a node, once for each way in which a sensor's driver can misbehave
import path from "node:path";
import test from "ava";
import type { NodeConfig } from "../../device/config.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { buildHost, runHost, type PowerTimes } from "../../host-tools/xs/index.js";
import { exampleNode, quietDay } from "./helpers/day.js";
import { writeSoilDay } from "./helpers/soil.js";

const folder = path.join(buildRoot, "test", `hostile-${process.pid}`);
const windows = 4;

/** A good sensor, and one whose driver misbehaves. */
function hostileNode(): NodeConfig {
  const node = exampleNode();
  const [soil, temperature] = node.sensors;
  return checkConfig({
    ...node,
    sensors: [
      { ...soil, range: [5, 60], hardware: { chip: "analog", pin: 34, scale: 40 / 1.225 } },
      {
        ...temperature,
        hardware: {
          chip: "ecma419",
          driver: "drivers/hostile",
          manifest: "./drivers/manifest.json",
          quantity: "value",
          sensor: { io: "i2c", data: 21, clock: 22, address: 0x48 },
        },
      },
    ],
    features: { ...node.features, spectra: [], correlations: [] },
    app: { rules: { normal: { pump: true } } },
  }).config;
}
const config = hostileNode();
const day = quietDay(config, windows, () => 40);
const { model, recording } = writeSoilDay(folder, config, day);

const run = async (...args: string[]): Promise<SimulationEvent[]> => (await runNode(config, ...args)).events;

async function runNode(
  config: NodeConfig,
  ...args: string[]
): Promise<{ events: SimulationEvent[]; power: PowerTimes }> {
  const program = await buildHost({ manifest: path.join(loamRoot, "test/device/hostile.manifest.json") });
  const events: SimulationEvent[] = [];
  const { power } = await simulate({
    recording,
    config,
    model,
    onEvent: (event) => events.push(event),
    run: (options) => runHost(program, { ...options, args, restartOnCrash: true, timeoutMs: 300_000 }),
  });
  return { events, power };
}

const namesOf = (events: SimulationEvent[]): string => events.map((event) => JSON.stringify(event)).join("\n");
const faultsIn = (events: SimulationEvent[]) =>
  events.flatMap((event) => (event.event === "uplink" && event.payload.kind === "fault" ? event.payload.faults : []));

const places = ["constructor", "configure", "sample", "close"];

for (const place of places) {
  for (const [how, cause] of [
    ["loops", "watchdog"],
    ["waits", "watchdog"],
    ["polls the bus", "watchdog"],
    ["takes all memory", "panic"],
    ["throws in a callback", "panic"],
    ["recurses", "panic"],
  ] as const) {
    if (place === "close" && how === "throws in a callback") continue;
    test(`a driver that ${how} in ${place}: ${cause} after ${cause}, then safe mode, which the network sees`, async (t) => {
      const events = await run(place, how);
      const restarts = events.filter(({ event }) => event === "restarted") as { cause: string; time: number }[];
      t.deepEqual(
        restarts.map((restart) => restart.cause),
        Array(4).fill(cause),
        namesOf(events),
      );
      const begins = events.filter(({ event }) => event === "safe mode");
      t.is(begins.length, 1, namesOf(events));
      t.is((begins[0] as { cause: string }).cause, cause);
      t.is(events.filter(({ event }) => event === "window").length, 0);
      const faults = faultsIn(events);
      t.true(
        faults.some((fault) => fault.kind === "safe mode" && fault.cause === cause),
        JSON.stringify(faults),
      );
      const restarted = faults.filter(({ kind }) => kind === "restarted");
      t.is(
        restarted.reduce((sum, { count }) => sum + count, 0),
        1,
      );
      const health = events.find((event) => event.event === "uplink" && event.payload.kind === "health");
      t.is((health as { payload: { resets: Record<string, number> } }).payload.resets[cause], 4);
    });
  }
  for (const how of ["throws", "throws nothing"])
    test(`a driver that ${how} in ${place}: a fault of its sensor, and the other goes on`, async (t) => {
      const events = await run(place, how);
      t.is(events.filter(({ event }) => event === "restarted").length, 0, namesOf(events));
      const made = events.filter(({ event }) => event === "window") as { isFit: boolean }[];
      t.is(made.length, windows, namesOf(events));
      const failed = events.filter(({ event }) => event === "sensor failed") as { sensor: string }[];
      t.deepEqual([...new Set(failed.map(({ sensor }) => sensor))], ["temperature"], namesOf(events));
      const faults = events.filter(({ event }) => event === "fault") as { kind: string; sensor: string }[];
      // What fails in close has measured.
      t.true(made.every(({ isFit }) => isFit === (place === "close")));
      t.deepEqual(
        [...new Set(faults.map(({ kind, sensor }) => `${sensor} ${kind}`))],
        place === "close" ? [] : ["temperature missing"],
      );
      const sent = faultsIn(events);
      t.is(
        sent.some((fault) => fault.kind === "missing" && fault.sensor === 1),
        place !== "close",
      );
    });
}

test("a driver that throws in a callback after it is closed: the windows are handled, and the network learns of the crashes", async (t) => {
  const events = await run("close", "throws in a callback");
  t.is(events.filter(({ event }) => event === "safe mode").length, 0, namesOf(events));
  t.true(events.filter(({ event }) => event === "window").length >= windows);
  const stored = events.flatMap((event) => (event.event === "stored" ? [event.sequence] : []));
  const arrived = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "report" ? [event.payload.sequence] : [],
  );
  // The last one is under way.
  t.deepEqual(arrived, stored.slice(0, arrived.length));
  t.true(arrived.length >= stored.length - 1);
  t.true(faultsIn(events).some(({ kind, cause }) => kind === "restarted" && cause === "panic"));
});

test("safe mode: outputs in their safe state and sensors without supply, whatever they were when the node began to crash", async (t) => {
  const { actuators, sensors, ...node } = hostileNode();
  const safe = { 25: 1, 26: 0, 23: 0, 16: 1 };
  const supplies = [
    { pin: 23, warmUpSeconds: 2 },
    { pin: 16, level: 0, warmUpSeconds: 2 },
  ];
  const { config } = checkConfig({
    ...node,
    actuators: actuators.map((actuator) => ({ ...actuator, ...(actuator.name === "valve" && { safe: true }) })),
    sensors: sensors.map((sensor, i) => ({ ...sensor, hardware: { ...sensor.hardware, power: supplies[i] } })),
    app: { rules: { normal: { pump: true, valve: false } } },
  });
  // The sensors are supplied when their driver hangs.
  const { events, power } = await runNode(config, "sample", "loops", "later");
  const levels = (from: number, to: number): unknown[] =>
    events.flatMap((event) =>
      (event.event as string) === "pins" && event.time > from && event.time < to
        ? [(event as unknown as { levels: unknown }).levels]
        : [],
    );
  const text = namesOf(events);
  const on = events.find(({ event }) => event === "actuation")!.time;
  const crashed = events.find(({ event }) => event === "restarted")!.time;
  const began = events.find(({ event }) => event === "safe mode")!.time;
  // Through the sleep as the verdict said, then safe after the first crash; and the sensors were supplied when it crashed for the last time.
  t.deepEqual(levels(on, crashed), [{ 25: 0, 26: 1, 23: 0, 16: 1 }], text);
  t.deepEqual(levels(crashed, began).at(-1), { 25: 1, 26: 0, 23: 1, 16: 0 }, text);
  t.true(levels(began, Infinity).length >= 2, text);
  for (const level of levels(began, Infinity)) t.deepEqual(level, safe, text);
  for (const pin of Object.keys(safe)) t.false(power.pins[pin]!.hasFloated, `${pin} floated in a sleep`);
});
