// Features at any rate and of any window, in the device's code, against their definitions.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { statistics, type NodeConfig } from "../../device/config.js";
import { extractFeatures } from "../../host-tools/features/extract.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { exampleNode, generator } from "./helpers/day.js";
import { independent } from "./helpers/independent.js";

const folder = path.join(buildRoot, "test", `rates-${process.pid}`);
mkdirSync(folder, { recursive: true });
const start = Date.UTC(2026, 0, 1) / 1000;

interface Case {
  rates: number[];
  window: NodeConfig["window"];
  spanSeconds: number;
  spectrum?: { size: number; bands: [number, number][] };
  correlated?: boolean;
  windows: number;
}

const cases: Record<string, Case> = {
  "50.4 and 12.6 Hz, half of each window again": {
    rates: [50.4, 12.6],
    window: { seconds: 10, everySeconds: 5, frames: 2 },
    spanSeconds: 5,
    spectrum: {
      size: 64,
      bands: [
        [1.5, 6],
        [6, 25.2],
      ],
    },
    correlated: true,
    windows: 4,
  },
  "16 kHz, 50 ms every 20 ms": {
    rates: [16_000],
    window: { seconds: 0.05, everySeconds: 0.02, frames: 1 },
    spanSeconds: 0.05,
    spectrum: {
      size: 512,
      bands: [
        [100, 2000],
        [2000, 8000],
      ],
    },
    windows: 5,
  },
  "once a day, a week each day": {
    rates: [0.0000115741],
    window: { seconds: 604_800, everySeconds: 86_400, frames: 1 },
    spanSeconds: 604_800,
    windows: 4,
  },
  "hourly and every ten seconds, two days of three": {
    rates: [1 / 3600, 0.1],
    window: { seconds: 172_800, everySeconds: 86_400 * 3, frames: 12 },
    spanSeconds: 14_400,
    windows: 2,
  },
};

for (const [name, { rates, window, spanSeconds, spectrum, correlated, windows }] of Object.entries(cases))
  test(`the node's features equal an independent computation: ${name}`, async (t) => {
    const config: NodeConfig = {
      ...exampleNode(),
      sensors: rates.map((rate, index) => ({ name: `s${index}`, unit: "", rate, range: [-50, 50], stuckSeconds: 0 })),
      window,
      features: {
        statistics: [...statistics],
        spanSeconds,
        spectra: spectrum
          ? [
              { sensor: "s0", ...spectrum },
              { sensor: "s0", of: "envelope", ...spectrum },
            ]
          : [],
        correlations: correlated ? [["s0", "s1"]] : [],
      },
    };
    const random = generator(4);
    const seconds = (windows - 1) * window.everySeconds + window.seconds;
    const series = rates.map((rate) =>
      Array.from({ length: Math.round(rate * seconds) }, (_, i) =>
        Math.fround(Number((10 * Math.sin(i / 3) + 5 * random()).toFixed(3))),
      ),
    );
    const rows = new Map<number, string[]>();
    series.forEach((values, sensor) =>
      values.forEach((value, i) => {
        const time = Number((start + i / rates[sensor]!).toFixed(6));
        const cells = rows.get(time) ?? rates.map(() => "");
        cells[sensor] = String(value);
        rows.set(time, cells);
      }),
    );
    const file = path.join(folder, `${name}.csv`);
    const text = [...rows]
      .sort(([a], [b]) => a - b)
      .map(([time, cells]) => `${time.toFixed(6)},${cells.join()},normal`);
    writeFileSync(file, `time,${rates.map((_, i) => `s${i}`).join()},label\n${text.join("\n")}\n`);
    const set = await extractFeatures([file], config, { progress: silentProgress });
    t.deepEqual([set.count, set.unfit], [windows, []]);
    const bands = set.layout.ranges.find(({ group }) => group === "frequency")!;
    for (let index = 0; index < windows; index++) {
      t.true(Math.abs(set.times[index]! - start - index * window.everySeconds) < 1e-3);
      const samples = Object.fromEntries(
        series.map((values, sensor) => {
          const from = Math.round(index * window.everySeconds * rates[sensor]!);
          return [`s${sensor}`, values.slice(from, from + Math.round(window.seconds * rates[sensor]!))];
        }),
      );
      independent(config, samples).forEach((row, frame) => {
        t.is(row.length, set.layout.count);
        row.forEach((expected, column) => {
          const got = set.features[(index * set.frames + frame) * set.layout.count + column]!;
          // As in features.test.ts.
          const tolerance = column >= bands.from && column < bands.to ? 2e-4 : 1e-6 * (1 + Math.abs(expected));
          const place = `window ${index}, frame ${frame}, ${set.layout.names[column]}: ${got}, expected ${expected}`;
          t.true(Math.abs(got - expected) <= tolerance, place);
        });
      });
    }
  });
