import { signalsOf, statisticsOf, type NodeConfig } from "../config.js";

/** The source of a feature; experiments leave groups out to measure their effect. */
export type FeatureGroup = "time" | "frequency" | "cross" | "raw";

/** Columns of a frame's row, [from, to). */
export interface FeatureRange {
  group: FeatureGroup;
  from: number;
  to: number;
}

export interface FeatureLayout {
  /** Columns of a row. */
  count: number;
  /** One name per column, e.g. "soil.mean", "vibration.4-8Hz", "soil~humidity". Made when it is asked for. */
  readonly names: readonly string[];
  ranges: FeatureRange[];
}

/** Values of each raw sensor in a frame; 0 without raw samples. */
export function rawPerFrame({ features, window }: NodeConfig): number {
  return features.raw ? Math.round((features.raw.rate * window.seconds) / window.frames) : 0;
}

/** The first bin at or above a frequency (Hz): a band's bins are from that of its lower limit to that of its upper one, exclusive. */
export const binFrom = (hertz: number, size: number, rate: number): number => Math.ceil((hertz * size) / rate - 1e-9);

/** The columns of a frame's row: statistics sensor by sensor and of magnitudes, then bands, then correlations, each in the order of the node description; then raw values, those of one moment side by side. Pure TypeScript. */
export function featureLayout(config: NodeConfig): FeatureLayout {
  const { features } = config;
  let names: readonly string[] | undefined;
  let timeEnd = 0;
  for (const { name } of signalsOf(config)) timeEnd += statisticsOf(config, name).length;
  let bandsEnd = timeEnd;
  for (let i = 0; i < features.spectra.length; i++) bandsEnd += features.spectra[i]!.bands.length;
  const crossEnd = bandsEnd + features.correlations.length;
  const count = crossEnd + rawPerFrame(config) * (features.raw ? features.raw.sensors.length : 0);
  return {
    count,
    get names() {
      return (names ??= Object.freeze(featureNames(config)));
    },
    ranges: [
      { group: "time", from: 0, to: timeEnd },
      { group: "frequency", from: timeEnd, to: bandsEnd },
      { group: "cross", from: bandsEnd, to: crossEnd },
      { group: "raw", from: crossEnd, to: count },
    ],
  };
}

function featureNames(config: NodeConfig): string[] {
  const { features } = config;
  const moments = Array.from({ length: rawPerFrame(config) }, (_, moment) => moment);
  return [
    ...signalsOf(config).flatMap(({ name }) => statisticsOf(config, name).map((statistic) => `${name}.${statistic}`)),
    ...features.spectra.flatMap((spectrum) =>
      spectrum.bands.map(
        ([low, high]) => `${spectrum.sensor}.${spectrum.of === "envelope" ? "envelope." : ""}${low}-${high}Hz`,
      ),
    ),
    ...features.correlations.map(([a, b]) => `${a}~${b}`),
    ...moments.flatMap((moment) => features.raw!.sensors.map((name) => `${name}[${moment}]`)),
  ];
}
