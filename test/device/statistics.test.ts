// Statistics of signals whose values are published or follow from a formula, by the device's code.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import type { NodeConfig } from "../../device/config.js";
import { extractFeatures } from "../../host-tools/features/extract.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { changeRecording } from "../../host-tools/train/augment.js";
import { exampleNode } from "./helpers/day.js";

const folder = path.join(buildRoot, "test", `statistics-${process.pid}`);
mkdirSync(folder, { recursive: true });
const names = ["skew", "sine", "x", "y", "z", "flat"];
const config: NodeConfig = {
  ...exampleNode(),
  sensors: names.map((name) => ({ name, unit: "u", rate: 64, range: [-200, 200], stuckSeconds: 0 })),
  window: { seconds: 1, everySeconds: 1, frames: 1 },
  features: {
    statistics: ["mean", "rms"],
    statisticsOf: {
      skew: ["mean", "rms", "skewness"],
      sine: ["rms", "crest", "kurtosis", "skewness", "zeroCrossings"],
      flat: ["rms", "skewness", "kurtosis", "crest", "zeroCrossings"],
      y: [],
      z: [],
      length: ["mean", "max", "kurtosis"],
    },
    magnitudes: [{ name: "length", sensors: ["x", "y", "z"] }],
    spanSeconds: 1,
    spectra: [{ sensor: "length", size: 64, bands: [[3, 6]] }],
    correlations: [],
  },
};
/** scipy.stats.skew's documentation: 0.2650554122698573. */
const skewed = [2, 8, 0, 4, 1, 9, 9, 0];
const signals: Record<string, (i: number) => number> = {
  skew: (i) => skewed[i % 8]!,
  // Five periods; it begins a little after a zero.
  sine: (i) => 2 * Math.sin((2 * Math.PI * 5 * (i + 0.25)) / 64) + 7,
  x: (i) => 3 * (i % 8) - 1.5,
  y: (i) => -4 * (i % 8) + 2,
  z: (i) => 12 * (i % 8) - 6,
  flat: () => 0.1,
};

function record(name: string, change: (sensor: string, value: number) => number = (_, value) => value): string {
  const rows = Array.from({ length: 64 }, (_, i) => [
    i / 64,
    ...names.map((each) => change(each, signals[each]!(i))),
    "normal",
  ]);
  const file = path.join(folder, `${name}.csv`);
  writeFileSync(file, `time,${names.join()},label\n${rows.map((row) => row.join()).join("\n")}\n`);
  return file;
}

const featuresOf = async (file: string) => {
  const set = await extractFeatures([file], config, { progress: silentProgress });
  return { values: set.features, names: set.layout.names };
};

test("statistics of sensors and of a magnitude have the values that are published for them", async (t) => {
  const { values, names: columns } = await featuresOf(record("known"));
  const rootMean = Math.sqrt(7 ** 2 + 2);
  // 13 |i - 0.5| for i from 0 to 7: its mean, and its kurtosis by the definition.
  const lengths = Array.from({ length: 8 }, (_, i) => 13 * Math.abs(i - 0.5));
  const moment = (power: number) => lengths.reduce((sum, value) => sum + (value - 13 * 3.125) ** power, 0) / 8;
  const expected: [string, number][] = [
    ["skew.mean", 33 / 8],
    ["skew.rms", Math.sqrt(247 / 8)],
    ["skew.skewness", 0.2650554122698573],
    ["sine.rms", rootMean],
    // Of a sine sampled 12.8 times a period the highest sample is not quite its peak.
    [
      "sine.crest",
      Math.SQRT2 * Math.max(...Array.from({ length: 64 }, (_, i) => Math.abs(signals["sine"]!(i) - 7) / 2)),
    ],
    ["sine.kurtosis", -1.5],
    ["sine.skewness", 0],
    // Two in each of five periods but for the last, which would be with the next sample; 63 intervals.
    ["sine.zeroCrossings", (9 * 64) / 63],
    ["x.mean", 3 * 3.5 - 1.5],
    ["x.rms", Math.sqrt(lengths.reduce((sum, value) => sum + ((3 * value) / 13) ** 2, 0) / 8)],
    ...["rms", "skewness", "kurtosis", "crest", "zeroCrossings"].map((name, at): [string, number] => [
      `flat.${name}`,
      at === 0 ? 0.1 : 0,
    ]),
    ["length.mean", 13 * 3.125],
    ["length.max", 13 * 6.5],
    ["length.kurtosis", moment(4) / moment(2) ** 2 - 3],
  ];
  t.deepEqual([...columns], [...expected.map(([name]) => name), "length.3-6Hz"]);
  expected.forEach(([name, value], at) =>
    t.true(Math.abs(values[at]! - value) < 2e-6 * (1 + Math.abs(value)), `${name}: ${values[at]}, expected ${value}`),
  );
});

test("what training makes of statistics when a sensor is mounted otherwise is what the node would measure", async (t) => {
  const { values: changed } = await featuresOf(record("before"));
  const change: Record<string, { gain: number; offset: number }> = {
    skew: { gain: 1, offset: 3 },
    // Its mean is not among the features: no offset.
    sine: { gain: 1.25, offset: 0 },
    x: { gain: 1, offset: 0 },
    y: { gain: 1, offset: 0 },
    z: { gain: 1, offset: 0 },
    flat: { gain: 1, offset: 0 },
  };
  changeRecording(
    config,
    changed,
    names.map((name) => change[name]!),
  );
  const { values } = await featuresOf(
    record("after", (name, value) => change[name]!.gain * value + change[name]!.offset),
  );
  values.forEach((value, at) => t.true(Math.abs(changed[at]! - value) < 1e-5 * (1 + Math.abs(value)), `column ${at}`));
});

test("the spectrum of an envelope has the rate of strikes, which the signal's own has not", async (t) => {
  // A ring at 400 Hz that is struck 32 times a second, as in a bearing: amplitude modulation, whose rectified form is known (2/pi of the amplitude, with 1 + 0.8 cos).
  const rate = 1024;
  const bands: [number, number][] = [
    [24, 41],
    [56, 73],
    [360, 441],
  ];
  const spectrum = { sensor: "bearing", size: 1024, bands };
  const node: NodeConfig = {
    ...exampleNode(),
    sensors: [{ name: "bearing", unit: "g", rate, range: [-10, 10], stuckSeconds: 0 }],
    window: { seconds: 1, everySeconds: 1, frames: 1 },
    features: {
      statistics: [],
      spanSeconds: 1,
      spectra: [spectrum, { ...spectrum, of: "envelope" }],
      correlations: [],
    },
  };
  const sample = (i: number) =>
    (1 + 0.8 * Math.cos((2 * Math.PI * 32 * i) / rate)) * Math.cos((2 * Math.PI * 400 * i) / rate + 0.3);
  const file = path.join(folder, "bearing.csv");
  const rows = Array.from({ length: rate }, (_, i) => `${i / rate},${sample(i)},normal`);
  writeFileSync(file, `time,bearing,label\n${rows.join("\n")}\n`);
  const set = await extractFeatures([file], node, { progress: silentProgress });
  t.is(set.layout.names[3], "bearing.envelope.24-41Hz");
  const [strikes, twice, ring, envelope, envelopeTwice] = [...set.features] as [number, number, number, number, number];
  // The signal: a carrier and its two sides, nothing at 32 Hz.
  t.true(strikes < -20 && twice < -20, `${strikes}, ${twice}`);
  t.true(Math.abs(2 ** ring - (0.5 + 0.8 ** 2 / 4)) < 0.01, `${2 ** ring}`);
  // The envelope: a tone of 2/pi * 0.8 at 32 Hz, of which the mean square is half the square.
  t.true(Math.abs(2 ** envelope / ((0.8 * 2) / Math.PI) ** 2 - 0.5) < 0.03, `${2 ** envelope}`);
  t.true(envelopeTwice < envelope - 6, `${envelopeTwice}`);
});
