/** The node description (node.config.json at the root): one file that the node, the trainer and the simulator read. Pure TypeScript. */
import type { RadioOptions } from "../native/lora/board.js";
import type { RegionName } from "./lorawan/types.js";
import type { SensorHardware } from "./sensors/field/hardware.js";

export const statistics = ["mean", "variance", "rate", "min", "max"] as const;
export type Statistic = (typeof statistics)[number];

export interface SensorConfig {
  name: string;
  unit: string;
  /** Samples a second. */
  rate: number;
  /** A reading outside is a fault. */
  range: [low: number, high: number];
  /** The same reading for this long is a fault; 0: never. */
  stuckSeconds: number;
  /** The chip and its wiring; a node that replays a recording needs none. */
  hardware?: SensorHardware;
}

export interface WindowConfig {
  seconds: number;
  /** From one window's start to the next one's; at least `seconds`. */
  everySeconds: number;
  /** Equal parts of the window, each of which gives one row of features. */
  frames: number;
}

export interface SpectrumConfig {
  sensor: string;
  /** Points of the FFT, a power of two from 16 to 1024, at most one frame's samples. */
  size: number;
  /** Hz, low included, high excluded; one feature each. */
  bands: [low: number, high: number][];
}

export interface FeaturesConfig {
  /** Computed for each sensor. */
  statistics: Statistic[];
  /** Statistics and correlations roll over the last so many seconds at a frame's end (fewer at the window's start); a sensor with a spectrum: over the frame. */
  spanSeconds: number;
  spectra: SpectrumConfig[];
  /** Pairs of sensors. */
  correlations: [string, string][];
}

export interface ActuatorConfig {
  name: string;
  pin: number;
}

export interface NodeConfig {
  name: string;
  sensors: SensorConfig[];
  window: WindowConfig;
  features: FeaturesConfig;
  classes: string[];
  model: { arenaBytes: number };
  policy: {
    /** Verdicts of at least this confidence are acted on by the node itself. */
    threshold: number;
    /** How long a deferred verdict waits for the cloud's decision before it is given up. */
    decisionSeconds: number;
  };
  actuators: ActuatorConfig[];
  /** Bytes of the flash partition "outbox" that are used, a multiple of 4096. */
  outbox: { bytes: number };
  radio: { board: RadioOptions; region: RegionName; devEui: string; joinEui: string; appKey: string };
  /** Handed to the app script as it is. */
  app: Record<string, unknown>;
}

export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Samples of a sensor in one window. */
export const windowSamples = (config: NodeConfig, sensor: SensorConfig): number => sensor.rate * config.window.seconds;
/** Samples of a sensor in one frame. */
export const frameSamples = (config: NodeConfig, sensor: SensorConfig): number =>
  windowSamples(config, sensor) / config.window.frames;
export const sensorIndex = (config: NodeConfig, name: string): number =>
  config.sensors.findIndex((sensor) => sensor.name === name);
