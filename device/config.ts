/** The node description (node.config.json at the root): one file that the node, the trainer and the simulator read. Pure TypeScript. */
import type { NodeConfig, SensorConfig, Statistic } from "./nodeconfig.js";

export type * from "./nodeconfig.js";

/** What a network is for. */
export const tasks = ["classes", "anomaly"] as const;

export const statistics = [
  "mean",
  "variance",
  "rate",
  "min",
  "max",
  "rms",
  "skewness",
  "kurtosis",
  "crest",
  "zeroCrossings",
] as const;

/** A window in which more than this share of a sensor's samples was imputed, or came beyond its rate, is not used for inference. */
export const maxImputedShare = 0.1;

/** Of an actuator's keys. */
export const actuatorDefaults = { minOffSeconds: 0, safe: false, onFault: "safe" } as const;

/** Of an app script's limits: 15 KB for what the script itself holds (docs/scripts.md). */
export const scriptDefaults = {
  seconds: 0.5,
  bytes: 20480,
  stack: 384,
  calls: 200,
  actuationsPerHour: 120,
  uplinksPerDay: 48,
  storageBytes: 512,
  timersPerHour: 120,
} as const;

/** Of the serial line's keys. */
export const serialDefaults = { port: 0, baud: 115_200 } as const;

/** Whether a number of samples is whole, but for the digits that rates are written with. */
export const isWhole = (samples: number): boolean => Math.abs(samples - Math.round(samples)) < 1e-3 && samples > 0.5;

/** Samples of a sensor in one frame. Rates and times are decimal, so that their product is whole but for a hair: `loam check` sees to that. */
export const frameSamples = ({ window }: NodeConfig, { rate }: Pick<SensorConfig, "rate">): number =>
  Math.round((rate * window.seconds) / window.frames);
/** Samples of a sensor in one window. */
export const windowSamples = (config: NodeConfig, sensor: Pick<SensorConfig, "rate">): number =>
  frameSamples(config, sensor) * config.window.frames;
export function sensorIndex({ sensors }: NodeConfig, name: string): number {
  for (let i = 0; i < sensors.length; i++) if (sensors[i]!.name === name) return i;
  return -1;
}

/** What features are computed of: a sensor, or the magnitude of several. */
export interface Signal {
  name: string;
  rate: number;
  /** The sensors of a magnitude, by their index. */
  axes?: readonly number[];
}

/** Sensors, then magnitudes, in the order of the description. */
export function signalsOf(config: NodeConfig): readonly Signal[] {
  const { magnitudes = [] } = config.features;
  // Most nodes have none: nothing is allocated then.
  if (magnitudes.length === 0) return config.sensors;
  const lengths = magnitudes.map(({ name, sensors }) => {
    const axes = sensors.map((axis) => sensorIndex(config, axis));
    return { name, rate: config.sensors[axes[0]!]!.rate, axes };
  });
  return [...config.sensors, ...lengths];
}

/** Statistics of a signal. */
export function statisticsOf({ features }: Pick<NodeConfig, "features">, name: string): readonly Statistic[] {
  const { statistics: all, statisticsOf: own } = features;
  return own && Object.hasOwn(own, name) ? own[name]! : all;
}

/** Samples that a sensor's rolling statistics are computed from, at most a window's. */
export function rollingSamples(config: NodeConfig, sensor: Pick<SensorConfig, "name" | "rate">): number {
  const { spectra, spanSeconds } = config.features;
  const perFrame = frameSamples(config, sensor);
  for (let i = 0; i < spectra.length; i++) if (spectra[i]!.sensor === sensor.name) return perFrame;
  return Math.min(windowSamples(config, sensor), Math.max(perFrame, Math.round(sensor.rate * spanSeconds)));
}

/** Windows that are under way at the same time: more than one where they overlap. */
export const windowsAtOnce = ({ window }: Pick<NodeConfig, "window">): number =>
  Math.max(1, Math.ceil(window.seconds / window.everySeconds - 1e-6));

/**
 * The stretches of time, seconds, between the moments at which windows begin or end, in turn: a window, or where windows overlap,
 * the parts of `everySeconds` before and after the end of one. A rate gives each a whole number of samples.
 */
export function stretchesOf({ window: { seconds, everySeconds } }: Pick<NodeConfig, "window">): number[] {
  if (everySeconds >= seconds) return [seconds];
  const rest = seconds - everySeconds * Math.floor(seconds / everySeconds + 1e-6);
  return rest < 1e-6 * everySeconds ? [everySeconds] : [rest, everySeconds - rest];
}
