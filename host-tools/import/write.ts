/** Recordings in the form that every command reads: time, one column per sensor, label. */
import type { Grid } from "./grid.js";
import { unlabelled } from "./labels.js";

/** Numbers with as many digits as float32 has, which is what the node computes with. */
const shown = (value: number): string => (Number.isNaN(value) ? "" : String(Number(value.toPrecision(7))));

/** Digits after the point of a time by which neighbours differ, and each is nearest to its own place. */
export const timeDigits = (rate: number): number => Math.max(0, Math.ceil(Math.log10(4 * rate)));

/** A line through times that begin at 0 may begin a hair before it, which is no -0.00. */
export const timeText = (time: number, digits: number): string => time.toFixed(digits).replace(/^-(?=[0.]*$)/, "");

export const headOf = (sensors: readonly string[]): string => ["time", ...sensors, "label"].join(",");

/** Rows of a grid, without a head: one for each time at which a sensor has a place. @param classes names of the labels */
export function gridRows({ start, sensors, labelTimes, labels }: Grid, classes: readonly string[]): string[] {
  const fastest = Math.max(...sensors.map(({ rate }) => rate));
  const digits = timeDigits(fastest);
  const next = sensors.map(() => 0);
  const lines: string[] = [];
  const nearest = labelRows(labelTimes);
  const isDense = !labels.includes(unlabelled);
  let last = -1;
  const labelOf = (time: number): number => {
    const row = nearest(time);
    // Labels that stand at some rows only go to one row each.
    const found = isDense ? labels[row] : labels.subarray(last + 1, row + 1).find((label) => label !== unlabelled);
    last = row;
    return found ?? unlabelled;
  };
  for (;;) {
    const times = sensors.map(({ rate, values }, at) => (next[at]! < values.length ? next[at]! / rate : Infinity));
    const now = Math.min(...times);
    if (now === Infinity) return lines;
    const cells = sensors.map(({ values }, at) =>
      times[at]! - now < 0.25 / fastest ? shown(values[next[at]!++]!) : "",
    );
    lines.push(`${timeText(start + now, digits)},${cells.join(",")},${classes[labelOf(start + now)] ?? ""}`);
  }
}

/** The row whose time is nearest; asked in the order of time. */
function labelRows(times: Float64Array): (time: number) => number {
  let row = 0;
  return (time) => {
    while (row + 1 < times.length && Math.abs(times[row + 1]! - time) <= Math.abs(times[row]! - time)) row++;
    return row;
  };
}
