/** The clock of samples: their real rate, and which of its ticks each sample is, out of times that jitter, drift and miss some. */
import { medianOf } from "../lib/numbers.js";

export interface Clock {
  /** Hz, measured. */
  rate: number;
  /** Time of tick 0, and of each sample: without its jitter, where ticks fit. */
  start: number;
  times: Float64Array;
  /** Tick of each sample. */
  ticks: Int32Array;
  /** Root mean square of the differences between times and ticks, in intervals. */
  jitter: number;
  /** Rate of the last third over that of the first, minus 1; 0 for few samples. */
  drift: number;
  /** Ticks without a sample. */
  missing: number;
  /** Whether the samples have ticks at all; otherwise their times count as they are. */
  isRegular: boolean;
  /** Whether the ticks are evenly spaced all along: the rate did not drift by as much as half a tick. */
  isStraight: boolean;
}

/** Share of a difference that the phase takes over: jitter averages out, drift is followed. */
const follow = 0.1;
/** Intervals (root mean square) of jitter above which samples have no clock. */
const mostJitter = 0.3;
/** Intervals that one sample may be off. */
const mostOff = 0.75;
/** Times are decimal, their differences are not. */
const hair = 1e-9;

/** Median of the steps by which times go on; NaN: they never do. */
export const usualStep = (times: readonly number[]): number =>
  medianOf(times.slice(1).flatMap((time, i) => (time > times[i]! ? [time - times[i]!] : [])));

const intervalsOf = (times: Float64Array): Float64Array =>
  Float64Array.from({ length: Math.max(0, times.length - 1) }, (_, i) => times[i + 1]! - times[i]!);

/** Jitter can have two usual intervals and none between; their mean is the clock's. */
function usualInterval(times: Float64Array): number {
  const intervals = intervalsOf(times);
  const median = medianOf(intervals);
  const near = intervals.filter((interval) => Math.abs(interval / median - 1) < 0.5);
  return near.reduce((sum, interval) => sum + interval, 0) / near.length;
}

/** The clock of samples none of which is missing; undefined: they are farther from its ticks than that allows. */
function complete(times: Float64Array): Locked | undefined {
  const ticks = Int32Array.from(times, (_, i) => i);
  const { slope, start } = line(ticks, times);
  const smooth = Float64Array.from(ticks, (tick) => start + tick * slope);
  return times.every((time, i) => Math.abs(time - smooth[i]!) < mostOff * slope) ? { ticks, smooth } : undefined;
}

interface Locked {
  ticks: Int32Array;
  /** Times without their jitter. */
  smooth: Float64Array;
}

/** A phase-locked loop: each sample goes to the tick that is nearest to its time, later than the one before. */
function lock(times: Float64Array, period: number): Locked {
  const ticks = new Int32Array(times.length);
  const smooth = Float64Array.from(times);
  for (let i = 1; i < times.length; i++) {
    const steps = Math.max(1, Math.round((times[i]! - smooth[i - 1]!) / period));
    const due = smooth[i - 1]! + steps * period;
    smooth[i] = due + follow * (times[i]! - due);
    ticks[i] = ticks[i - 1]! + steps;
  }
  return { ticks, smooth };
}

/** Least squares. */
function line(x: Int32Array, y: Float64Array): { slope: number; start: number } {
  const count = x.length;
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < count; i++) [meanX, meanY] = [meanX + x[i]! / count, meanY + y[i]! / count];
  let [covariance, variance] = [0, 0];
  for (let i = 0; i < count; i++) {
    covariance += (x[i]! - meanX) * (y[i]! - meanY);
    variance += (x[i]! - meanX) ** 2;
  }
  const slope = covariance / variance;
  return { slope, start: meanY - slope * meanX };
}

function driftOf(times: Float64Array, ticks: Int32Array): number {
  const third = Math.floor(times.length / 3);
  if (third < 20) return 0;
  const slope = (from: number, to: number) => line(ticks.subarray(from, to), times.subarray(from, to)).slope;
  return slope(0, third) / slope(times.length - third, times.length) - 1;
}

/** Root mean square of the times' differences from evenly spaced ticks, in intervals. */
function unevenness({ ticks }: Locked, times: Float64Array): number {
  const { slope, start } = line(ticks, times);
  const squares = ticks.reduce((sum, tick, i) => sum + ((times[i]! - start) / slope - tick) ** 2, 0);
  return Math.sqrt(squares / ticks.length);
}

/** The loop's ticks; or, with much jitter, those of samples none of which is missing, where they are more even. */
function lockedOn(times: Float64Array): Locked {
  let period = usualInterval(times);
  let locked = lock(times, period);
  for (let round = 0; round < 3; round++) {
    const { slope } = line(locked.ticks, times);
    if (Math.abs(slope / period - 1) < hair) break;
    period = slope;
    locked = lock(times, period);
  }
  const whole = complete(times);
  return whole && unevenness(whole, times) < unevenness(locked, times) ? whole : locked;
}

/** @param times ascending, two or more */
export function clockOf(times: Float64Array): Clock {
  const { ticks, smooth } = lockedOn(times);
  const fit = line(ticks, times);
  let [squares, farthest] = [0, 0];
  for (let i = 0; i < times.length; i++) {
    squares += ((times[i]! - smooth[i]!) / fit.slope) ** 2;
    farthest = Math.max(farthest, Math.abs(smooth[i]! - fit.start - ticks[i]! * fit.slope) / fit.slope);
  }
  const jitter = Math.sqrt(squares / times.length);
  const isRegular = jitter < mostJitter;
  const isStraight = farthest < 0.5;
  const last = times.length - 1;
  return {
    rate: isRegular ? 1 / fit.slope : last / (times[last]! - times[0]!),
    start: isRegular ? fit.start : times[0]!,
    times: !isRegular ? times : isStraight ? Float64Array.from(ticks, (tick) => fit.start + tick * fit.slope) : smooth,
    ticks,
    jitter,
    drift: isRegular ? driftOf(times, ticks) : 0,
    missing: ticks[last]! - last,
    isRegular,
    isStraight: isRegular && isStraight,
  };
}
