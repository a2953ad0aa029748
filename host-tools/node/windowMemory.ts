/** Memory that windows take on the node while they are gathered. */
import {
  frameSamples,
  rollingSamples,
  signalsOf,
  windowSamples,
  windowsAtOnce,
  type NodeConfig,
} from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import type { chipNames } from "./chips.js";

const floatBytes = 4;
/** Of a feature: a float, and the network's int8. */
const featureBytes = 5;

export interface WindowMemory {
  bytes: number;
  /** Windows that are under way at the same time, and the bytes of each. */
  windows: number;
  each: number;
  /** The sensor whose samples take most of it: how many are held at a time. */
  largest: { sensor: string; samples: number };
}

/** Samples that are held for statistics, values for correlations, and features. What a transform takes is not in it. */
export function windowMemory(config: Pick<NodeConfig, "sensors" | "window" | "features">): WindowMemory {
  const node = config as NodeConfig;
  const { sensors, features, window } = node;
  // Of a magnitude a whole window.
  const held = signalsOf(node).map((signal) => ({
    sensor: signal.name,
    samples: signal.axes ? windowSamples(node, signal) : rollingSamples(node, signal),
  }));
  const paired = new Set(features.correlations.flat()).size;
  const fewest = Math.min(...sensors.map((sensor) => frameSamples(node, sensor))) * window.frames;
  const samples = held.reduce((sum, each) => sum + each.samples, 0);
  const each = floatBytes * (samples + paired * fewest) + featureBytes * window.frames * featureLayout(node).count;
  const windows = windowsAtOnce(node);
  return {
    bytes: windows * each,
    windows,
    each,
    largest: held.reduce((most, other) => (other.samples > most.samples ? other : most)),
  };
}

/**
 * Bytes of a chip's RAM that are left for windows and the network's arena. A node takes the rest: the RAM (technical reference manuals) less what the example leaves free
 * in a window, its arena and its windows (docs/firmware.md).
 */
export const roomForWindows: Readonly<Record<(typeof chipNames)[number], number>> = {
  esp32: 104_000,
  esp32s3: 292_000,
  esp32c3: 178_000,
};
