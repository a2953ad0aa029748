/** Pieces of recordings on the node's clock: each sensor at its rate in the description. */
import type { Sensor } from "../node/schema/node.js";
import { UserError } from "../lib/errors.js";
import { clockOf, type Clock } from "./clock.js";
import { highPass } from "./filter.js";
import type { Piece } from "./pieces.js";
import { resample } from "./resample.js";

/** What the import wants of a sensor. */
export interface Channel extends Pick<Sensor, "name" | "rate"> {
  /** Which of the pieces that were recorded together, and which of its columns. */
  part: number;
  column: number;
  /** Hz: the board's high-pass filter, which these readings have not gone through. */
  highPass: number | undefined;
}

/** Share of an interval: times are decimal, their differences are not. */
const hair = 0.01;

/** Readings on the node's clock; NaN: missing. */
export interface Grid {
  /** Seconds. */
  start: number;
  sensors: { rate: number; values: Float64Array }[];
  /** Seconds, ascending, and the labels there. */
  labelTimes: Float64Array;
  labels: Int16Array;
}

/** What is said of a sensor's clock, over all pieces. */
export interface RateTally {
  /** Ticks and seconds that they took. */
  ticks: number;
  seconds: number;
  samples: number;
  missing: number;
  /** Largest of all pieces, in intervals; rate of the last third over the first, minus 1. */
  jitter: number;
  drift: number;
  resampled: number;
  irregular: number;
}

export const newRateTally = (): RateTally => ({
  ...{ ticks: 0, seconds: 0, samples: 0, missing: 0, jitter: 0, drift: 0, resampled: 0, irregular: 0 },
});

interface Series {
  clock: Clock;
  values: Float64Array;
}

/** Readings that are there, with their clock; undefined: fewer than two. */
function seriesOf(
  { times, values }: Piece,
  column: number,
  from: number,
  to: number,
  known: Map<string, Clock>,
): Series | undefined {
  const rows: number[] = [];
  const readings = values[column]!;
  for (let i = 0; i < times.length; i++)
    if (times[i]! >= from && times[i]! <= to && !Number.isNaN(readings[i])) rows.push(i);
  if (rows.length < 2) return undefined;
  // Sensors of one table mostly have the same rows.
  const key = rows.length === times.length ? "all" : `${column}`;
  let clock = known.get(key);
  if (!clock) known.set(key, (clock = clockOf(Float64Array.from(rows, (row) => times[row]!))));
  return { clock, values: Float64Array.from(rows, (row) => readings[row]!) };
}

/** Whether the samples are the node's own, tick by tick: over the whole piece they are off by less than half of one. */
export const keepsPace = ({ rate: real, ticks, isStraight }: Clock, rate: number): boolean =>
  isStraight && Math.abs(rate / real - 1) * ticks.at(-1)! < 0.5;

/** Readings that are made of one at most: what is between two is not known, and a network would learn the filter. */
const mostMade = 12;

function onGrid({ clock, values }: Series, start: number, rate: number, count: number): Float64Array {
  if (!keepsPace(clock, rate)) return resample(clock, values, start, rate, count);
  const out = new Float64Array(count).fill(NaN);
  const first = Math.round((clock.start - start) * rate);
  for (let i = 0; i < values.length; i++) {
    const at = first + clock.ticks[i]!;
    if (at >= 0 && at < count) out[at] = values[i]!;
  }
  return out;
}

function count(tally: RateTally, { clock, values }: Series, rate: number): void {
  tally.ticks += clock.isRegular ? clock.ticks.at(-1)! : values.length - 1;
  tally.seconds += clock.times.at(-1)! - clock.times[0]!;
  tally.samples += values.length;
  if (clock.isRegular) tally.missing += clock.missing;
  else tally.irregular++;
  tally.jitter = Math.max(tally.jitter, clock.isRegular ? clock.jitter : 0);
  if (Math.abs(clock.drift) > Math.abs(tally.drift)) tally.drift = clock.drift;
  if (!keepsPace(clock, rate)) tally.resampled++;
}

/** @param pieces recorded together, one of each part; undefined where the sensors have no two readings */
export function gridOf(
  pieces: readonly Piece[],
  channels: readonly Channel[],
  tallies: readonly RateTally[],
): Grid | undefined {
  const from = Math.max(...pieces.map(({ times }) => times[0]!));
  const to = Math.min(...pieces.map(({ times }) => times.at(-1)!));
  const known = pieces.map(() => new Map<string, Clock>());
  const series = channels.map(({ part, column }) => seriesOf(pieces[part]!, column, from, to, known[part]!));
  const found = series.find((each) => each !== undefined);
  if (!found) return undefined;
  // With one part the first sample begins the grid, without its jitter.
  const start = pieces.length === 1 ? Math.min(...series.flatMap((each) => each?.clock.times[0] ?? [])) : from;
  const end = pieces.length === 1 ? Math.max(...series.flatMap((each) => each?.clock.times.at(-1) ?? [])) : to;
  const sensors = channels.map((channel, at) => {
    const { rate } = channel;
    const one = series[at];
    const size = Math.max(1, Math.floor((end - start) * rate + hair) + 1);
    if (!one) return { rate, values: new Float64Array(size).fill(NaN) };
    count(tallies[at]!, one, rate);
    const values = channel.highPass === undefined ? one.values : highPass(one.clock, one.values, channel.highPass);
    if (one.clock.rate * mostMade < rate)
      throw new UserError(
        `${channel.name}: ${Number(one.clock.rate.toPrecision(4))} readings a second, and the description's rate is ${rate} Hz: what is between them is not known. Describe the sensor with the rate of its recordings`,
      );
    return { rate, values: onGrid({ ...one, values }, start, rate, size) };
  });
  return { start, sensors, labelTimes: pieces[0]!.times, labels: pieces[0]!.labels };
}
