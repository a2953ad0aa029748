import type { NodeConfig } from "../../device/config.js";
import { fitNormalizer, type Augmentation, type Examples } from "./examples.js";

/** Deviations of what is changed, chosen on people with watches (docs/experiments.md): logarithm of the speed, logarithm of the gain, angle in radians, noise as a share of the sensor's own deviation. */
const speed = 0.1;
const gain = 0.15;
const angle = 0.2;
const noise = 0.015;

/** Three sensors of these units, in the order x, y, z, are taken for the axes of one: it may be worn or mounted a little turned. */
const turnedUnits = new Set(["m/s²", "m/s2", "g", "mg", "°/s", "deg/s", "dps", "rad/s", "µT", "uT", "gauss"]);

/** Steps along time of a network's input: the values of a sensor when there is nothing but raw samples, else frames. */
export function stepsOf({ features, window }: NodeConfig): number {
  return features.raw && isRawAlone(features) ? Math.round(features.raw.rate * window.seconds) : window.frames;
}

const isRawAlone = ({ statistics, statisticsOf = {}, spectra, correlations }: NodeConfig["features"]): boolean =>
  [statistics, ...Object.values(statisticsOf)].flat().length + spectra.length + correlations.length === 0;

/** Where the axes of each such sensor begin among the raw sensors. */
export function axesOf(units: readonly string[]): number[] {
  const starts: number[] = [];
  for (let at = 0; at + 3 <= units.length; at++) {
    const unit = units[at]!;
    if (!turnedUnits.has(unit) || units[at + 1] !== unit || units[at + 2] !== unit) continue;
    starts.push(at);
    at += 2;
  }
  return starts;
}

interface Randomness {
  uniform(low: number, high: number): number;
  normal(): number;
}

/** Rotation by `turn` radians around a random axis, [row][column] (Rodrigues). */
function rotation(turn: number, random: Randomness): number[] {
  const axis = [random.normal(), random.normal(), random.normal()];
  const length = Math.hypot(...axis) || 1;
  const [x, y, z] = axis.map((value) => value / length) as [number, number, number];
  const c = Math.cos(turn);
  const s = Math.sin(turn);
  const d = 1 - c;
  return [
    c + x * x * d,
    x * y * d - z * s,
    x * z * d + y * s,
    y * x * d + z * s,
    c + y * y * d,
    y * z * d - x * s,
    z * x * d - y * s,
    z * y * d + x * s,
    c + z * z * d,
  ];
}

function turn(series: Float32Array, sensors: number, at: number, matrix: number[]): void {
  for (; at < series.length; at += sensors) {
    const [x, y, z] = [series[at]!, series[at + 1]!, series[at + 2]!];
    for (let row = 0; row < 3; row++)
      series[at + row] = matrix[3 * row]! * x + matrix[3 * row + 1]! * y + matrix[3 * row + 2]! * z;
  }
}

/** From another moment on, and faster or slower; at its end the window begins again. */
function shiftAndStretch(series: Float32Array, sensors: number, from: number, factor: number): void {
  const source = series.slice();
  const steps = series.length / sensors;
  for (let step = 0; step < steps; step++) {
    const place = (from + step * factor) % steps;
    const first = Math.floor(place);
    const share = place - first;
    const second = (first + 1) % steps;
    for (let sensor = 0; sensor < sensors; sensor++)
      series[step * sensors + sensor] =
        (1 - share) * source[first * sensors + sensor]! + share * source[second * sensors + sensor]!;
  }
}

/**
 * Each window of raw samples as it could have been: begun at another moment, moved faster, more strongly, with the sensor a little turned, with more noise.
 * undefined for a node whose network has other features, too: they would no longer be those of the samples.
 */
export function signalAugmentation({ features, sensors: all }: NodeConfig, train: Examples): Augmentation | undefined {
  const { raw } = features;
  if (!raw || !isRawAlone(features)) return undefined;
  const sensors = raw.sensors.length;
  const { mean, deviation } = fitNormalizer(train, sensors);
  const axes = axesOf(raw.sensors.map((name) => all.find((sensor) => sensor.name === name)!.unit));
  const isTurned = Array.from({ length: sensors }, (_, sensor) => axes.some((at) => sensor >= at && sensor < at + 3));
  return {
    vary(values, windows, random) {
      const size = values.length / windows;
      for (let window = 0; window < windows; window++) {
        const series = values.subarray(window * size, (window + 1) * size);
        shiftAndStretch(series, sensors, random.uniform(0, size / sensors), Math.exp(speed * random.normal()));
        for (const at of axes) turn(series, sensors, at, rotation(angle * random.normal(), random));
        const strength = Math.exp(gain * random.normal());
        for (let at = 0; at < size; at++) {
          const sensor = at % sensors;
          // Of what is no motion the level stays.
          const level = isTurned[sensor] ? 0 : mean[sensor]!;
          series[at] = level + strength * (series[at]! - level) + noise * deviation[sensor]! * random.normal();
        }
      }
    },
  };
}
