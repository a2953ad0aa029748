import type { NodeConfig } from "../../../device/config.js";
import { mappingVersion, type Mapping } from "../../import/mapping.js";

/** A public data set, and how its figures are made. */
export interface PublicSet {
  /** Its folder in DIR, and its name on the command line. */
  name: string;
  title: string;
  /** Which files, and where they come from. */
  source: string;
  /** What others reach. */
  published: string;
  node: Pick<NodeConfig, "sensors" | "window" | "features" | "classes">;
  mapping: Mapping;
  /** Recordings of one value are held out together. */
  groupBy?: string;
  heldOut: string;
  /** Held out by name, or a share of about a quarter by the seed. */
  heldOutGroups?: string[];
  training: { shape: string; epochs: number; batch: number; rate: number; balance: number };
  aim: { of: "accuracy" | "f1"; least: number; class?: string };
}

const axes = ["x", "y", "z"].map((name) => ({
  name,
  unit: "m/s²",
  rate: 20,
  range: [-160, 160] as [number, number],
  stuckSeconds: 0,
}));

const wisdm: PublicSet = {
  name: "wisdm",
  title: "WISDM, smartwatch: six activities of 51 persons",
  source:
    "data_1600_accel_watch.txt to data_1650_accel_watch.txt of walking, jogging, stairs, sitting, standing and kicking: the reduced set in Chrissi2802/WISDM---Biometric-time-series-data-classification (Datasets/train) on GitHub; the whole one is at UCI",
  published:
    "networks over raw signals and Fourier transforms there: 85.6 % with 134,134 parameters to 95.0 % with 10,621,830, on windows of all persons",
  node: {
    sensors: axes,
    window: { seconds: 10, everySeconds: 10, frames: 10 },
    features: {
      statistics: [],
      spanSeconds: 1,
      spectra: [],
      correlations: [],
      raw: { sensors: ["x", "y", "z"], rate: 20 },
    },
    classes: ["walking", "jogging", "stairs", "sitting", "standing", "kicking"],
  },
  mapping: {
    loamImport: mappingVersion,
    csv: { separator: ",", header: false, rowEnd: ";" },
    time: { rate: 20 },
    sensors: { x: { column: "3" }, y: { column: "4" }, z: { column: "5" } },
    label: { column: "2" },
    labels: { A: "walking", B: "jogging", C: "stairs", D: "sitting", E: "standing", M: "kicking" },
  },
  heldOut: "13 persons",
  training: { shape: "separable-16-24-32-48-k9", epochs: 40, batch: 32, rate: 0.004, balance: 0.5 },
  aim: { of: "accuracy", least: 0.84 },
};

const pumpSensors = (
  [
    ["a1", "g", 0, 5, "Accelerometer1RMS"],
    ["a2", "g", 0, 5, "Accelerometer2RMS"],
    ["current", "A", 0, 20, "Current"],
    ["pressure", "bar", -2, 5, "Pressure"],
    ["temperature", "°C", 0, 120, "Temperature"],
    ["thermocouple", "°C", 0, 120, "Thermocouple"],
    ["voltage", "V", 0, 300, "Voltage"],
    ["flow", "l/min", -1, 200, "Volume Flow RateRMS"],
  ] as const
).map(([name, unit, low, high, column]) => ({ name, unit, range: [low, high] as [number, number], column }));

const skab: PublicSet = {
  name: "skab",
  title: "SKAB: faults of a pump rig",
  source: "valve1, valve2 and other of data/ in waico/SKAB on GitHub",
  published: "F1 of its leaderboard, unsupervised and by points: 0.78 at best, 0.29 for the isolation forest",
  node: {
    sensors: pumpSensors.map(({ name, unit, range }) => ({ name, unit, range, rate: 1, stuckSeconds: 0 })),
    window: { seconds: 10, everySeconds: 10, frames: 2 },
    features: {
      statistics: ["mean", "variance", "rate", "min", "max"],
      spanSeconds: 10,
      spectra: [],
      correlations: [],
    },
    classes: ["normal", "anomaly"],
  },
  mapping: {
    loamImport: mappingVersion,
    csv: { separator: ";", decimal: "." },
    time: { column: "datetime", format: "yyyy-MM-dd HH:mm:ss", zone: "UTC" },
    sensors: Object.fromEntries(pumpSensors.map(({ name, column }) => [name, { column }])),
    label: { column: "anomaly" },
    labels: { "0.0": "normal", "1.0": "anomaly" },
  },
  groupBy: "name:^([a-z0-9]+-\\d+)",
  heldOut: "a quarter of the experiments",
  training: { shape: "dense-64-32", epochs: 40, batch: 32, rate: 0.003, balance: 1 },
  aim: { of: "f1", least: 0.55, class: "anomaly" },
};

export const publicSets: readonly PublicSet[] = [wisdm, skab];
