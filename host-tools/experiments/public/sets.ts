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

/** Width of a band in Hz: 64 of them up to half the rate. */
const band = 31.25;
const faults = ["B", "IR", "OR"].flatMap((place) => [7, 14, 21].map((size) => `${place}_${size}`));

const cwru: PublicSet = {
  name: "cwru",
  title: "CWRU bearings: nine faults, at a load that training has not seen",
  source:
    "drive end, 12 kHz, ball (B), inner race (IR) and outer race at 6 o'clock (OR), 7, 14 and 21 mils, at 1797, 1772, 1750 and 1730 rpm (load 0 to 3): DE.npy of the .npz files (they are zip files) of srigas/CWRU_Bearing_NumPy on GitHub, as 1730_B_7.npy and so on. Normal bearings are not among them: the copy at hand has them for load 0 alone",
  published:
    "99 % and more is common, mostly with windows of all loads in training, and with normal bearings as a tenth class",
  node: {
    sensors: [{ name: "vibration", unit: "g", rate: 4000, range: [-20, 20], stuckSeconds: 0 }],
    window: { seconds: 1, everySeconds: 1, frames: 2 },
    features: {
      statistics: ["variance", "min", "max"],
      spanSeconds: 1,
      spectra: [
        {
          sensor: "vibration",
          size: 1024,
          bands: Array.from({ length: 64 }, (_, index) => [index * band, (index + 1) * band] as [number, number]),
        },
      ],
      correlations: [],
    },
    classes: faults,
  },
  mapping: {
    loamImport: mappingVersion,
    time: { rate: 12_000 },
    sensors: { vibration: { column: "1" } },
    label: { fromName: "\\d{4}_([A-Z]+_\\d+)" },
  },
  groupBy: "name:^(\\d+)",
  heldOut: "all of load 3",
  heldOutGroups: ["1730"],
  training: { shape: "dense-32", epochs: 60, batch: 16, rate: 0.003, balance: 0 },
  aim: { of: "accuracy", least: 0.99 },
};

export const publicSets: readonly PublicSet[] = [wisdm, cwru, skab];
