import { statisticsOf, type NodeConfig, type Statistic } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import type { Augmentation, Examples } from "./examples.js";
import { fitNormalizer } from "./examples.js";

/** How one sensor's readings are changed over a whole window: reading * gain + offset, gain > 0. */
export interface SensorChange {
  gain: number;
  offset: number;
}

/**
 * Changes features as they would be, had the recording's samples been changed: a sensor mounted or calibrated otherwise. For reading * gain + offset the
 * outcome is exact: mean, min, max and raw values follow, the variance takes the gain's square, the rate the gain, a band (log2 of an energy) twice
 * its log2, and correlations and what is about the mean stay. So no recording has to go through the device's code again.
 * @param changes one a sensor, in the order of the node description
 */
export function changeRecording(config: NodeConfig, features: Float32Array, changes: SensorChange[]): void {
  const { spectra, raw } = config.features;
  const { count: width, ranges } = featureLayout(config);
  const rawFrom = ranges.find(({ group }) => group === "raw")!.from;
  const rawSensors = (raw?.sensors ?? []).map((name) => config.sensors.findIndex((sensor) => sensor.name === name));
  for (let row = 0; row < features.length; row += width) {
    let at = row;
    config.sensors.forEach(({ name }, sensor) => {
      const { gain, offset } = changes[sensor]!;
      const statistics = statisticsOf(config, name);
      const mean = features[at + statistics.indexOf("mean")]!;
      for (const statistic of statistics) {
        features[at] = changedStatistic(statistic, features[at]!, gain, offset, gain * mean + offset);
        at++;
      }
    });
    at = row + ranges.find(({ group }) => group === "time")!.to;
    for (const { sensor, bands } of spectra) {
      // A magnitude's axes are not changed.
      const louder = 2 * Math.log2(changes[config.sensors.findIndex(({ name }) => name === sensor)]?.gain ?? 1);
      for (const end = at + bands.length; at < end; at++) features[at]! += louder;
    }
    for (let column = rawFrom; column < width; column++) {
      const { gain, offset } = changes[rawSensors[(column - rawFrom) % rawSensors.length]!]!;
      features[row + column] = features[row + column]! * gain + offset;
    }
  }
}

/** @param mean the changed samples' mean, of which only `rms` with an offset wants to know */
function changedStatistic(statistic: Statistic, value: number, gain: number, offset: number, mean: number): number {
  switch (statistic) {
    case "variance":
      return value * gain * gain;
    case "rate":
      return value * gain;
    case "mean":
    case "min":
    case "max":
      return value * gain + offset;
    case "rms":
      // Of gain * x + offset: its mean square is gain^2 of the old one, plus what the offset adds.
      return offset === 0 ? value * gain : Math.sqrt(Math.max(0, (value * gain) ** 2 + offset * (2 * mean - offset)));
    default:
      // About the mean, and in parts of the deviation.
      return value;
  }
}

/** Widest gain of an oscillation's sensor, and deviation of a level's offset as a share of the level's own deviation. */
const widestGain = 1.3;
const offsetShare = 0.06;

/** Each window as if recorded by sensors mounted and calibrated a little otherwise: sensors with a spectrum get a gain, the others an offset. */
export function sensorAugmentation(config: NodeConfig, train: Examples, featureCount: number): Augmentation {
  const { deviation } = fitNormalizer(train, featureCount);
  const { spectra, magnitudes = [] } = config.features;
  const isAxis = config.sensors.map(({ name }) => magnitudes.some(({ sensors }) => sensors.includes(name)));
  const oscillates = config.sensors.map(
    ({ name }, index) => !isAxis[index] && spectra.some(({ sensor }) => sensor === name),
  );
  let column = 0;
  const spread = config.sensors.map(({ name }, index) => {
    const statistics = statisticsOf(config, name);
    const mean = statistics.indexOf("mean");
    const first = column;
    column += statistics.length;
    return mean < 0 || oscillates[index] || isAxis[index] ? 0 : offsetShare * deviation[first + mean]!;
  });
  return {
    vary(features, windows, random) {
      const size = features.length / windows;
      for (let window = 0; window < windows; window++) {
        const changes = config.sensors.map((_, index): SensorChange => ({
          gain: oscillates[index] ? widestGain ** random.uniform(-1, 1) : 1,
          offset: spread[index]! * random.normal(),
        }));
        changeRecording(config, features.subarray(window * size, (window + 1) * size), changes);
      }
    },
  };
}
