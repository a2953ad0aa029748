/** Why windows are not fit for the network: by sensor and kind of fault. */
import { maxImputedShare, windowSamples, type NodeConfig } from "../../device/config.js";

/** Samples of a sensor in one window that are why it is not fit. */
export interface UnfitReason {
  sensor: string;
  /** As in the node's faults: "missing", "stuck", "not a number", "out of range", "surplus". */
  kind: string;
  /** Samples; 1 for a sensor that is stuck. */
  count: number;
}

/** A window that the node would not have given to its network. */
export interface UnfitWindow {
  /** Start, seconds since 1970. */
  time: number;
  /** Index of the class; -1 where the recording has no label. */
  label: number;
  reasons: UnfitReason[];
}

/** Over many windows. */
export interface UnfitCount {
  sensor: string;
  kind: string;
  /** Windows that are not fit for this; one that has several reasons is counted for each. */
  windows: number;
  /** Samples in them. */
  samples: number;
}

/** Kinds whose samples count together, as in the node's intake. */
const together = [["missing", "not a number", "out of range"], ["surplus"]];

/**
 * Why a window is not fit, of the faults that the feature program has told: sensor:kind:count, separated by commas. The few samples that another sensor misses
 * are no reason.
 */
export function readReasons(line: string, config: NodeConfig): UnfitReason[] {
  const faults = line.split(",").map((part) => {
    const [sensor, kind, count] = part.split(":");
    return { sensor: config.sensors[Number(sensor)]!.name, kind: kind!, count: Number(count) };
  });
  return config.sensors.flatMap((sensor) => {
    const own = faults.filter((fault) => fault.sensor === sensor.name);
    const most = maxImputedShare * windowSamples(config, sensor);
    const causes = together.flatMap((kinds) => {
      const found = own.filter(({ kind }) => kinds.includes(kind));
      return found.reduce((sum, { count }) => sum + count, 0) > most ? found : [];
    });
    return [...own.filter(({ kind }) => kind === "stuck"), ...causes];
  });
}

/** Commonest first. */
export function countUnfit(windows: readonly Pick<UnfitWindow, "reasons">[]): UnfitCount[] {
  const counts = new Map<string, UnfitCount>();
  for (const { sensor, kind, count } of windows.flatMap(({ reasons }) => reasons)) {
    const key = `${sensor}/${kind}`;
    const known = counts.get(key) ?? { sensor, kind, windows: 0, samples: 0 };
    counts.set(key, { ...known, windows: known.windows + 1, samples: known.samples + count });
  }
  return [...counts.values()].sort((a, b) => b.windows - a.windows);
}

/** " (soil: missing in 2; vibration: stuck in 1)", or nothing. */
export function reasonsText(reasons: readonly UnfitCount[]): string {
  const texts = reasons.map(({ sensor, kind, windows }) => `${sensor}: ${kind} in ${windows}`);
  return texts.length > 0 ? ` (${texts.join("; ")})` : "";
}

/** "3 unfit", and why. */
export const describeUnfit = (windows: readonly Pick<UnfitWindow, "reasons">[]): string =>
  `${windows.length} unfit${reasonsText(countUnfit(windows))}`;
