/** Samples of one clock on the grid of another: a windowed-sinc low-pass filter against aliasing, at any ratio of rates. */
import type { Clock } from "./clock.js";

/** The filter's cutoff (-6 dB), of the lower of the two rates: as of the node's own (device/sensors/field/resampler.ts). */
const cutoff = 0.46;
/** Zero crossings of the sinc on each side, and the Kaiser window's shape: 80 dB from 0.54 of the lower rate on (Oppenheim and Schafer, 7.6). */
const crossings = 24;
const beta = 7.857;
/** An output has an input within this many intervals of the slower clock, or none. */
const reach = 1;

/** Modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}

/** The kernel in steps of 1/512 of a zero crossing. */
const steps = 512;
const kernel = Float64Array.from({ length: crossings * steps + 2 }, (_, i) => {
  const x = i / steps;
  if (x >= crossings) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return (sinc * bessel(beta * Math.sqrt(1 - (x / crossings) ** 2))) / bessel(beta);
});
const weight = (x: number): number => {
  const at = Math.abs(x) * steps;
  if (at >= crossings * steps) return 0;
  const low = Math.floor(at);
  return kernel[low]! + (at - low) * (kernel[low + 1]! - kernel[low]!);
};

/**
 * @param values at `clock.times`
 * @param start of the grid, seconds
 * @returns `count` values, NaN where the recording has none near
 */
export function resample(clock: Clock, values: Float64Array, start: number, rate: number, count: number): Float64Array {
  const { times } = clock;
  const slower = Math.min(clock.rate, rate);
  /** Zero crossings a second. */
  const frequency = 2 * cutoff * slower;
  const half = crossings / frequency;
  const out = new Float64Array(count).fill(NaN);
  let from = 0;
  for (let i = 0; i < count; i++) {
    const at = start + i / rate;
    while (from < times.length && times[from]! < at - half) from++;
    let [sum, weights, nearest] = [0, 0, Infinity];
    for (let j = from; j < times.length && times[j]! <= at + half; j++) {
      const w = weight((times[j]! - at) * frequency);
      sum += w * values[j]!;
      weights += w;
      nearest = Math.min(nearest, Math.abs(times[j]! - at));
    }
    // A hole beside it can take so many weights that the rest says nothing.
    if (nearest * slower <= reach && weights > 0.3 * (clock.rate / frequency)) out[i] = sum / weights;
  }
  return out;
}
