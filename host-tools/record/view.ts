/** The recording on a terminal, as lines; and its end in words. */
import type { SensorConfig } from "../../device/config.js";
import type { Pace } from "./pace.js";
import { unlabelledFolder, type RecordingSummary } from "./recording.js";

const levels = "▁▂▃▄▅▆▇█";

/** Values as a line of bars, from the least to the largest. */
export function sparkLine(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      return levels[high > low ? Math.min(7, Math.floor((8 * (value - low)) / (high - low))) : 3]!;
    })
    .join("");
}

/** h:mm:ss */
export function elapsedText(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** The keys that set a label: 1 to 9, then letters. */
export const labelKeys = Array.from("123456789abcdefghijklmnoprstuvwxyz");
/** Ends the recording, as Ctrl-C does. */
export const endKey = "q";

export interface LiveState {
  sensors: readonly SensorConfig[];
  paces: readonly Pace[];
  classes: readonly string[];
  label: string;
  summary: RecordingSummary;
  /** Where the node is, or what it is waited for. */
  link: string;
}

const lostText = ({ lost, dropped, surplus, gaps }: RecordingSummary): string => {
  const all = Object.values(lost).reduce((sum, count) => sum + count, 0);
  const parts = [
    `${all.toLocaleString("en-US")} samples lost${dropped > 0 ? `, ${dropped.toLocaleString("en-US")} of them without room on the line` : ""}`,
    `${gaps.count} ${gaps.count === 1 ? "gap" : "gaps"}${gaps.count > 0 ? ` of ${gaps.seconds.toFixed(1)} s` : ""}`,
    ...(surplus > 0 ? [`${surplus} beyond a sensor's rate`] : []),
  ];
  return parts.join(", ");
};

/** @param width of the terminal, characters */
export function liveLines({ sensors, paces, classes, label, summary, link }: LiveState, width: number): string[] {
  const names = Math.max(...sensors.map(({ name }) => name.length));
  const rows = sensors.map(({ name, unit, rate }, i) => {
    const pace = paces[i]!;
    const value = Number.isNaN(pace.last) ? "" : pace.last.toPrecision(4);
    const measured = pace.rate === undefined ? "" : `${pace.rate.toPrecision(4)} Hz of ${rate}`;
    const head = `${name.padEnd(names)} ${value.padStart(10)} ${unit.padEnd(6)} ${measured.padEnd(18)} `;
    return head + sparkLine(pace.course(Math.max(0, width - head.length - 1)));
  });
  const keys = classes.slice(0, labelKeys.length).map((name, i) => `${labelKeys[i]} ${name}`);
  return [
    link,
    `${label === "" ? "no label" : `label ${label}`}   ${elapsedText(summary.seconds)}   ${summary.rows.toLocaleString("en-US")} rows, ${lostText(summary)}`,
    ...rows,
    `${keys.join("  ")}  space none  ${endKey} ends`,
  ].map((line) => Array.from(line).slice(0, width).join(""));
}

/** What there is at the end. */
export function summaryLines(summary: RecordingSummary): string[] {
  const { files, rows, seconds } = summary;
  return [
    ...files.map(
      ({ file, label, rows: count }) =>
        `${file}: ${count.toLocaleString("en-US")} rows${label === "" ? ", without a label" : ` of ${label}`}`,
    ),
    `${rows.toLocaleString("en-US")} rows, ${elapsedText(seconds)}; ${lostText(summary)}`,
    ...(files.some(({ label }) => label === "")
      ? [`rows without a label are in ${unlabelledFolder}, where loam train does not look`]
      : []),
  ];
}
