import type { ExploredWindow, RecordedDay, ReportData, Stage } from "../../../host-tools/report/data.js";

interface Course {
  from: number;
  windows: number;
  everySeconds: number;
  seconds: number;
  sensors: number;
  /** Windows that were not recorded. */
  missing?: readonly number[];
}

/** A recording of invented readings, the second window deferred. */
export function dayOf({ from, windows, everySeconds, seconds, sensors, missing = [] }: Course): RecordedDay {
  const kept = Array.from({ length: windows }, (_, window) => window).filter((window) => !missing.includes(window));
  const times = kept.map((window) => from + window * everySeconds);
  return {
    recording: "day.csv",
    site: "s",
    why: "the only one",
    from,
    to: from + (windows - 1) * everySeconds + seconds,
    everySeconds,
    times,
    sensors: Array.from({ length: sensors }, (_, sensor) => ({
      name: sensor === 0 ? "soil" : `sensor ${sensor + 1}`,
      unit: "%",
      values: times.map((_, at) => (at % 7 === 6 ? null : 20 + Math.sin(at / (sensor + 2)))),
    })),
    windows: times.map((time, index) => ({
      time,
      isFit: index % 7 !== 6,
      truth: "wet",
      verdict: index % 7 === 6 ? null : index % 5 === 1 ? "</script>" : "wet",
      confidence: index % 7 === 6 ? null : 0.8,
      decided: index % 5 === 1 ? "cloud" : "node",
      decision: index % 5 === 1 ? "wet" : null,
      actions: index === 0 ? ["valve on"] : [],
    })),
    totals: {
      windows: times.length,
      verdicts: times.length,
      reports: 1,
      deferrals: 1,
      decisions: 1,
      actuations: 1,
      uplinks: 2,
      downlinks: 1,
      airtime: 123,
    },
  };
}

const stage = (name: string, bytes: number): Stage => ({
  name,
  bytes,
  note: "invented for this test",
  parameters: bytes / 4,
  accuracy: 0.9,
  balancedAccuracy: 0.9,
  macroF1: 0.9,
  calibrationError: 0.03,
  confusion: [
    [9, 1],
    [1, 9],
  ],
  reliability: [
    { confidence: 0.6, accuracy: 0.5, count: 4 },
    { confidence: 0.95, accuracy: 1, count: 16 },
  ],
});

/** A window of two sensors, of which one has a spectrum. */
const windowOf = (index: number, truth: string, verdict: string): ExploredWindow => ({
  recording: "day.csv",
  time: Date.UTC(2026, 2, 1, 18) / 1000 + 900 * index,
  truth,
  verdict,
  confidence: 0.6 + index / 100,
  x: Math.cos(index),
  y: Math.sin(index),
  signals: [
    { sensor: "soil", unit: "%", values: [20, 20.5, null, 21] },
    {
      sensor: "shaking",
      unit: "g",
      values: Array.from({ length: 120 }, (_, at) => Math.sin(at * (index + 1))),
      spectrum: { highest: 50, values: Array.from({ length: 64 }, (_, bin) => (bin === 3 * index + 1 ? 1 : 0.01)) },
    },
  ],
});

export const data: ReportData = {
  title: "A report & <test>",
  made: "2026-01-01",
  command: "npm test",
  node: {
    name: "n",
    classes: ["wet", "</script>"],
    threshold: 0.7,
    arenaBudget: 49152,
    sensors: [{ name: "soil", unit: "%" }],
  },
  recordings: { simulated: true, train: 10, validation: 5, test: 20 },
  stages: [stage("float", 4000), stage("pruned", 2000), stage("int8", 800)],
  baselines: [{ name: "majority", note: "always <wet>", accuracy: 0.5, balancedAccuracy: 0.5, macroF1: 0.333 }],
  warnings: ["int8: less than <float>"],
  thresholds: [
    { threshold: 0, coverage: 1, accuracy: 0.9 },
    { threshold: 0.7, coverage: 0.75, accuracy: 0.97 },
  ],
  arena: {
    micro: 900,
    tflm: 1900,
    operators: [{ index: 0, operator: "CONV_2D", micro: 900, tflm: 1900, macs: 100, weights: 64 }],
  },
  learning: [
    {
      name: "training",
      best: 1,
      epochs: [
        { trainLoss: 1.2, loss: 1.1, accuracy: 0.5 },
        { trainLoss: 0.8, loss: 0.9, accuracy: 0.7 },
        { trainLoss: 0.7, loss: 1, accuracy: 0.68 },
      ],
    },
    { name: "fine-tuning after pruning", best: 0, epochs: [{ trainLoss: 0.7, loss: 0.95, accuracy: 0.7 }] },
  ],
  explorer: {
    explained: [0.5, 0.25],
    seconds: 30,
    held: 20,
    wrong: 2,
    windows: Array.from({ length: 12 }, (_, index) =>
      windowOf(
        index,
        index % 2 === 0 ? "wet" : "</script>",
        index === 3 || index === 5 || index % 2 === 0 ? "wet" : "</script>",
      ),
    ),
  },
  unfit: {
    count: 2,
    fit: 35,
    reasons: [
      { sensor: "soil", kind: "missing", windows: 2, samples: 40 },
      { sensor: "soil", kind: "stuck", windows: 1, samples: 1 },
    ],
    windows: [
      { recording: "day.csv", time: 900, reasons: [{ sensor: "soil", kind: "missing", count: 30 }] },
      {
        recording: "day.csv",
        time: 1800,
        reasons: [
          { sensor: "soil", kind: "missing", count: 10 },
          { sensor: "soil", kind: "stuck", count: 1 },
        ],
      },
    ],
  },
  day: dayOf({ from: Date.UTC(2026, 2, 1, 18) / 1000, windows: 2, everySeconds: 900, seconds: 30, sensors: 1 }),
  experiments: {
    seeds: [4, 9],
    ablation: [
      { features: "time", accuracies: [0.7, 0.72], mean: 0.71, deviation: 0.01414 },
      { features: "all", accuracies: [0.9, 0.91], mean: 0.905, deviation: 0.00707 },
    ],
    pruneCost: { mean: -0.003, deviation: 0.001 },
    int8Cost: { mean: 0.0007, deviation: 0.0012 },
  },
};
