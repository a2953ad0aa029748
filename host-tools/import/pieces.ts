/** Stretches of a recording without a hole: where clocks were set back, samples are missing for long, or rows were left out, another begins. */
import { UserError } from "../lib/errors.js";
import { usualStep } from "./clock.js";
import { leftOut } from "./labels.js";
import type { Rows } from "./rows.js";

export interface Piece {
  /** Ascending. */
  times: Float64Array;
  values: Float64Array[];
  labels: Int16Array;
}

export interface CutTally {
  /** Rows with the time of another, which are dropped; rows that were not in the order of time, which are sorted. */
  duplicates: number;
  unsorted: number;
  /** Rows with labels that are left out. */
  leftOut: number;
  /** Holes longer than the limit, seconds; times that the clock was set back. */
  gaps: number[];
  setBack: number;
}

export const newTally = (): CutTally => ({ duplicates: 0, unsorted: 0, leftOut: 0, gaps: [], setBack: 0 });

export interface CutOptions {
  file: string;
  /** Seconds; undefined: some samples. */
  gapSeconds: number | undefined;
  /** Shorter holes than this do no harm to a window. */
  leastGap: number;
  /** Whether times are local ones of no named zone. */
  isZoneless: boolean;
}

/** Share of rows with the time of the row before, from which times are coarser than samples. */
const coarse = 0.2;
/** Intervals of a hole. */
const fewSamples = 2.5;
/** s: clocks are set back by an hour when summer time ends. */
const hour = 3600;

function refuseCoarse(file: string, times: readonly number[]): void {
  let same = 0;
  for (let i = 1; i < times.length; i++) if (times[i] === times[i - 1]) same++;
  if (times.length > 10 && same > coarse * times.length)
    throw new UserError(
      `${file}: ${same.toLocaleString("en-US")} of ${times.length.toLocaleString("en-US")} rows have the time of the row before: the times are coarser than the samples. Say their rate, --rate HZ, so that rows are counted`,
    );
}

function refuseFold(file: string, at: number, before: number, interval: number): void {
  const back = before - at;
  if (Math.abs(back + interval - hour) > 2 * interval + 1) return;
  const shown = (time: number): string => new Date(1000 * time).toISOString().slice(0, 21).replace("T", " ");
  throw new UserError(
    `${file}: time goes back by an hour, from ${shown(before)} to ${shown(at)}, as clocks do when summer time ends: say --zone, such as Europe/Berlin`,
  );
}

/** Positions of rows in the order of time, without equal times. @param from first row @param to row after the last */
function sorted(times: readonly number[], from: number, to: number, tally: CutTally): number[] {
  const order = Array.from({ length: to - from }, (_, i) => from + i);
  let out = 0;
  for (let i = from + 1; i < to; i++) if (times[i]! < times[i - 1]!) out++;
  if (out > 0) order.sort((a, b) => times[a]! - times[b]! || a - b);
  tally.unsorted += out;
  const kept = order.filter((row, i) => i === 0 || times[row] !== times[order[i - 1]!]);
  tally.duplicates += order.length - kept.length;
  return kept;
}

/** @throws UserError for times that are too coarse, or of a clock that was set back as summer time ended */
export function cutRows({ times, values, labels }: Rows, options: CutOptions, tally: CutTally): Piece[] {
  refuseCoarse(options.file, times);
  const interval = usualStep(times);
  const limit = options.gapSeconds ?? Math.max(options.leastGap, fewSamples * (interval || 0));
  const pieces: Piece[] = [];
  const add = (rows: readonly number[]): void => {
    if (rows.length === 0) return;
    pieces.push({
      times: Float64Array.from(rows, (row) => times[row]!),
      values: values.map((column) => Float64Array.from(rows, (row) => column[row]!)),
      labels: Int16Array.from(rows, (row) => labels[row]!),
    });
  };
  const cut = (from: number, to: number): void => {
    let open: number[] = [];
    let last = NaN;
    let isOut = false;
    for (const row of sorted(times, from, to, tally)) {
      const hole = times[row]! - last;
      if (labels[row] === leftOut) {
        tally.leftOut++;
        isOut = true;
      } else {
        if (hole > limit) tally.gaps.push(hole);
        if (hole > limit || isOut) {
          add(open);
          open = [];
        }
        open.push(row);
        isOut = false;
      }
      last = times[row]!;
    }
    add(open);
  };
  let from = 0;
  for (let row = 1; row <= times.length; row++) {
    const back = row < times.length ? times[row - 1]! - times[row]! : Infinity;
    if (back <= limit) continue;
    if (row < times.length) {
      if (options.isZoneless) refuseFold(options.file, times[row]!, times[row - 1]!, interval);
      tally.setBack++;
    }
    cut(from, row);
    from = row;
  }
  return pieces;
}

/** The stretches that all parts of a recording have. @param parts pieces of each, ascending */
export function common(parts: readonly Piece[][]): Piece[][] {
  let stretches = parts[0]!.map((piece) => [piece]);
  for (const pieces of parts.slice(1))
    stretches = stretches.flatMap((so) => {
      const from = Math.max(...so.map(({ times }) => times[0]!));
      const to = Math.min(...so.map(({ times }) => times.at(-1)!));
      return pieces.flatMap((piece) => (piece.times[0]! < to && piece.times.at(-1)! > from ? [[...so, piece]] : []));
    });
  return stretches;
}
