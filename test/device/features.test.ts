import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import type { NodeConfig } from "../../device/config.js";
import { extractFeatures } from "../../host-tools/features/extract.js";
import { readRecording } from "../../host-tools/features/csv.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { describeUnfit } from "../../host-tools/features/unfit.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { dayStart, exampleNode, generator, recordDay, type Cell } from "./helpers/day.js";
import { independent } from "./helpers/independent.js";

const folder = path.join(buildRoot, "test", `features-${process.pid}`);
mkdirSync(folder, { recursive: true });

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Pump hum and noise, levels with trends. */
function wavyCell(seed: number): Cell {
  const random = generator(seed);
  return (sensor, window, second) => {
    const noise = random() - 0.5;
    if (sensor === "vibration")
      return (Math.sin(2 * Math.PI * 11.3 * second) * (1 + 0.3 * Math.sin(second)) + 0.2 * noise).toFixed(5);
    return ({ soil: 30, temperature: 12, humidity: 70 }[sensor]! + 0.05 * second * (window + 1) + 0.4 * noise).toFixed(
      4,
    );
  };
}

/** What is in the recording, rounded to float as the node reads it. */
function samplesOf(config: NodeConfig, cell: Cell, windows: number): Record<string, number[]>[] {
  const all: Record<string, number[]>[] = [];
  recordDay(config, windows, (sensor, window, second) => {
    const value = cell(sensor, window, second);
    ((all[window] ??= {})[sensor] ??= []).push(Math.fround(Number(value)));
    return value;
  });
  return all;
}

const onlyRaw = { statistics: [], spectra: [], correlations: [] };

for (const [name, change] of [
  ["as they are", {}],
  ["with raw samples", { raw: { sensors: ["vibration", "soil"], rate: 1 } }],
  ["raw samples at half the rate", { ...onlyRaw, raw: { sensors: ["vibration"], rate: 32 } }],
  ["raw samples as measured", { ...onlyRaw, raw: { sensors: ["vibration"], rate: 64 } }],
] as const)
  test(`the node's features equal an independent computation: ${name}`, (t) => compare(t, name, change));

async function compare(t: ExecutionContext, name: string, change: object): Promise<void> {
  const example = exampleNode();
  const config = { ...example, features: { ...example.features, ...change } };
  const file = write(
    `wavy ${name}.csv`,
    recordDay(config, 3, wavyCell(5), (window) => config.classes[window]!),
  );
  const set = await extractFeatures([file], config, { progress: silentProgress });
  t.deepEqual([set.count, set.unfit, set.frames], [3, [], config.window.frames]);
  t.deepEqual([...set.labels], [0, 1, 2]);
  t.deepEqual(
    [...set.times],
    [0, 900, 1800].map((offset) => dayStart + offset),
  );
  const bands = set.layout.ranges.find(({ group }) => group === "frequency")!;
  const samples = samplesOf(config, wavyCell(5), 3);
  for (let window = 0; window < 3; window++) {
    independent(config, samples[window]!).forEach((row, frame) => {
      t.is(row.length, set.layout.count);
      row.forEach((expected, column) => {
        const got = set.features[(window * set.frames + frame) * set.layout.count + column]!;
        // A band far below the strongest tone has that tone's rounding error in it.
        const tolerance = column >= bands.from && column < bands.to ? 2e-4 : 1e-6 * (1 + Math.abs(expected));
        t.true(
          Math.abs(got - expected) <= tolerance,
          `window ${window}, frame ${frame}, ${set.layout.names[column]}: ${got}, expected ${expected}`,
        );
      });
    });
  }
}

test("windows with too many missing samples are skipped; a few gaps are filled", async (t) => {
  const config = exampleNode();
  const wavy = wavyCell(9);
  const cell: Cell = (sensor, window, second) => {
    const value = wavy(sensor, window, second);
    if (window === 1 && sensor === "humidity" && second > 5 && second < 8) return "";
    if (window === 2 && sensor === "soil") return "";
    if (window === 3 && sensor === "vibration" && second < 4) return "nan";
    if (window === 4 && sensor === "temperature" && second > 10) return 999;
    return value;
  };
  const set = await extractFeatures(
    [
      write(
        "holes.csv",
        recordDay(config, 6, cell, () => "normal"),
      ),
    ],
    config,
    { progress: silentProgress },
  );
  t.deepEqual(
    [...set.times].map((time) => (time - dayStart) / 900),
    [0, 1, 5],
  );
  const rate = (name: string): number => config.sensors.find((sensor) => sensor.name === name)!.rate;
  t.deepEqual(
    set.unfit.map(({ time, reasons }) => [(time - dayStart) / 900, reasons]),
    [
      [2, [{ sensor: "soil", kind: "missing", count: config.window.seconds * rate("soil") }]],
      [3, [{ sensor: "vibration", kind: "not a number", count: 4 * rate("vibration") }]],
      [4, [{ sensor: "temperature", kind: "out of range", count: 19 * rate("temperature") }]],
    ],
  );
  t.is(
    describeUnfit(set.unfit),
    "3 unfit (soil: missing in 1; vibration: not a number in 1; temperature: out of range in 1)",
  );
  t.true(set.features.every((value) => Number.isFinite(value)));
});

test("a bad recording is refused with file, line and column", async (t) => {
  const config = exampleNode();
  const head = "time,soil,temperature,humidity,vibration,label\n";
  const cases: [name: string, text: string, message: RegExp][] = [
    ["empty", "", /empty\.csv: empty/],
    ["head only", head, /no rows/],
    ["no column", "time,soil,temperature,vibration,label\n0,1,2,3,normal\n", /:1: there is no column "humidity"/],
    ["no label column", "time,soil,temperature,humidity,vibration\n", /:1: there is no column "label"/],
    ["twice", "time,soil,soil,temperature,humidity,vibration,label\n", /:1: there are two columns "soil"/],
    ["text", `${head}1,20,15,60,0.1,normal\n2,wet,15,60,0.1,\n`, /:3: column soil: "wet" is not a number/],
    ["time", `${head}5,20,15,60,0.1,normal\n4,20,15,60,0.1,\n`, /:3: column time: 4 is not later/],
    ["no time", `${head},20,15,60,0.1,normal\n`, /:2: column time: blank/],
    ["label", `${head}1,20,15,60,0.1,soggy\n`, /:2: column label: "soggy" is not a class; the classes are normal, dry/],
    [
      "two labels",
      `${head}1,20,15,60,0.1,normal\n2,20,15,60,0.1,dry\n`,
      /:3: column label: "dry", but the window began as "normal"/,
    ],
    ["unlabelled", `${head}1,20,15,60,0.1,\n`, /:2: column label: the window that begins here .* has none/],
    ["short row", `${head}1,20,15\n2,20,15,60,0.1,normal\n`, /:2: 3 columns, 6 expected/],
    ["quote", `${head}1,"20,15,60,0.1,normal\n`, /:2: /],
  ];
  for (const [name, text, message] of cases) {
    t.throws(
      () => readRecording(`${name}.csv`, Buffer.from(text), config, true, true),
      { name: "UserError", message },
      name,
    );
  }
  await t.throwsAsync(
    extractFeatures([write("bad.csv", `${head}1,wet,15,60,0.1,normal\n`)], config, { progress: silentProgress }),
    { name: "UserError", message: /bad\.csv:2: column soil/ },
  );
});
