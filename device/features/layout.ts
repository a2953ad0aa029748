import type { NodeConfig } from "../config.js";

/** The source of a feature; experiments leave groups out to measure their effect. */
export type FeatureGroup = "time" | "frequency" | "cross";

/** Columns of a frame's row, [from, to). */
export interface FeatureRange {
  group: FeatureGroup;
  from: number;
  to: number;
}

export interface FeatureLayout {
  /** Columns of a row. */
  count: number;
  /** One name per column, e.g. "soil.mean", "vibration.4-8Hz", "soil~humidity". */
  names: string[];
  ranges: FeatureRange[];
}

/** The columns of a frame's row: statistics sensor by sensor, then bands, then correlations, each in the order of the node description. Pure TypeScript. */
export function featureLayout(config: NodeConfig): FeatureLayout {
  const { features, sensors } = config;
  const time = sensors.flatMap((sensor) => features.statistics.map((statistic) => `${sensor.name}.${statistic}`));
  const frequency = features.spectra.flatMap((spectrum) =>
    spectrum.bands.map(([low, high]) => `${spectrum.sensor}.${low}-${high}Hz`),
  );
  const cross = features.correlations.map(([a, b]) => `${a}~${b}`);
  const names = [...time, ...frequency, ...cross];
  const bandsEnd = time.length + frequency.length;
  return {
    count: names.length,
    names,
    ranges: [
      { group: "time", from: 0, to: time.length },
      { group: "frequency", from: time.length, to: bandsEnd },
      { group: "cross", from: bandsEnd, to: names.length },
    ],
  };
}
