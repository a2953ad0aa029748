/** The node description (node.config.json at the root): one file that the node, the trainer and the simulator read. Pure TypeScript. */
import type { NodeConfig, SensorConfig } from "./nodeconfig.js";

export type * from "./nodeconfig.js";

export const statistics = ["mean", "variance", "rate", "min", "max"] as const;

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

/** Samples of a sensor in one window. */
export const windowSamples = (config: NodeConfig, sensor: SensorConfig): number => sensor.rate * config.window.seconds;
/** Samples of a sensor in one frame. */
export const frameSamples = (config: NodeConfig, sensor: SensorConfig): number =>
  windowSamples(config, sensor) / config.window.frames;
export function sensorIndex({ sensors }: NodeConfig, name: string): number {
  for (let i = 0; i < sensors.length; i++) if (sensors[i]!.name === name) return i;
  return -1;
}

/** Samples that a sensor's rolling statistics are computed from, at most a window's. */
export function rollingSamples(config: NodeConfig, sensor: SensorConfig): number {
  const { spectra, spanSeconds } = config.features;
  const perFrame = frameSamples(config, sensor);
  for (let i = 0; i < spectra.length; i++) if (spectra[i]!.sensor === sensor.name) return perFrame;
  return Math.min(windowSamples(config, sensor), Math.max(perFrame, sensor.rate * spanSeconds));
}
