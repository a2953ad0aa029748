/** The rows of a table as numbers: times, readings of the node's sensors, labels. */
import { UserError } from "../lib/errors.js";
import { usualStep } from "./clock.js";
import { columnIndex, isUnit, unitSeconds } from "./guess.js";
import { labelFromName, unlabelled, type LabelReader } from "./labels.js";
import type { Mapping, TableMapping, TimeMapping } from "./mapping.js";
import { isMissing, numberReader } from "./numberText.js";
import type { Cell, Table } from "./table.js";
import { dateReader, isZone, type TimeReader } from "./timeText.js";
import { conversion } from "../node/units.js";

/** Rows of one recording, in the order of the file. */
export interface Rows {
  /** Values of the columns that the table was split by; "" without them. */
  name: string;
  times: number[];
  /** Of each sensor; NaN: missing. */
  values: number[][];
  labels: number[];
}

export interface ReadRows {
  groups: Rows[];
  rows: number;
  /** Rows cut off at the end of the file, and without a time. */
  truncated: number;
  untimed: number;
  /** Texts of dates without an offset of their own. */
  isLocal: boolean;
  /** Times that clocks set back give twice, at the beginning of a recording. */
  undecided: number;
  warnings: string[];
}

/** Seconds of a cell. @param after time of the row before */
type ReadTime = (cells: readonly Cell[], line: number, after: number, row: number) => number;

function startOf(time: TimeMapping): number {
  if (time.start === undefined) return 0;
  const start = dateReader("iso", time.zone).read(time.start, -Infinity);
  if (typeof start === "number") return start;
  throw new UserError(`time.start: "${time.start}" ${start.wrong}, such as 2026-03-01T06:00:00Z`);
}

/** Whether times are dates, not numbers. */
export const isDated = ({ column, format = "s" }: TimeMapping): boolean => column !== undefined && !isUnit(format);

/** @throws UserError for a format or a zone that is none */
export function dateReaderOf({ format, zone }: TimeMapping): TimeReader {
  if (zone !== undefined && !isZone(zone))
    throw new UserError(`time zone "${zone}": there is none of this name; a name such as Europe/Berlin is expected`);
  try {
    return dateReader(format!, zone);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`time format "${format}": ${error.message}`);
    throw error;
  }
}

/** @param decimal of the table */
export function timeReader(
  table: Table,
  time: TimeMapping,
  missing: readonly string[],
  decimal: "." | ",",
  dates: TimeReader | undefined,
): ReadTime {
  const start = startOf(time);
  if (time.column === undefined) return (_cells, _line, _after, row) => start + row / time.rate!;
  const at = columnIndex(table, time.column);
  const clock = time.clock === undefined ? -1 : columnIndex(table, time.clock);
  const { format } = time;
  const unit = format !== undefined && isUnit(format) ? unitSeconds(format) : undefined;
  const number = numberReader({ decimal: time.decimal ?? decimal, thousands: "" });
  return (cells, line, after) => {
    const cell = cells[at] ?? null;
    if (isMissing(cell, missing)) return NaN;
    if (unit !== undefined) {
      const value = number(cell);
      if (!Number.isNaN(value)) return start + value * unit;
    } else {
      const text = `${cell}${clock < 0 ? "" : ` ${cells[clock]}`}`.trim();
      const found = dates!.read(text, after);
      if (typeof found === "number") return found;
      throw new UserError(`${table.file}:${line}: column ${time.column}: "${text}" ${found.wrong}`);
    }
    throw new UserError(
      `${table.file}:${line}: column ${time.column}: "${cell}" is no number, as the times before it are`,
    );
  };
}

/** Times by counting rows, begun anew where the times that are there are elsewhere by more than two of their steps. */
function counted(times: readonly number[], rate: number): number[] {
  const most = 2 * Math.max(usualStep(times) || 0, 1 / rate);
  let [from, row] = [times[0]!, 0];
  return times.map((time, i) => {
    const due = from + (i - row) / rate;
    if (Math.abs(time - due) <= most) return due;
    [from, row] = [time, i];
    return time;
  });
}

/** What a reading is made of: scale and offset, by the mapping or by units. */
function readingOf(
  table: Table,
  name: string,
  map: NonNullable<TableMapping["sensors"]>[string],
  unit: string | undefined,
  decimal: "." | ",",
  missing: readonly string[],
): { at: number; read: (cells: readonly Cell[], line: number) => number; said: string | undefined } {
  const at = columnIndex(table, map.column!);
  const number = numberReader({ decimal: map.decimal ?? decimal, thousands: map.thousands ?? "" });
  const known =
    map.scale === undefined && map.offset === undefined && map.unit !== undefined && unit !== undefined
      ? conversion(map.unit, unit)
      : undefined;
  const { scale = known?.scale ?? 1, offset = known?.offset ?? 0 } = map;
  const isPlain = scale === 1 && offset === 0;
  return {
    at,
    said:
      known && !(known.scale === 1 && known.offset === 0)
        ? `${name}: ${map.unit} converted to ${unit} (times ${Number(known.scale.toPrecision(6))}${known.offset === 0 ? "" : `, plus ${Number(known.offset.toPrecision(6))}`})`
        : undefined,
    read(cells, line) {
      const cell = cells[at] ?? null;
      if (isMissing(cell, missing)) return NaN;
      const value = number(cell);
      if (Number.isNaN(value))
        throw new UserError(
          `${table.file}:${line}: column ${map.column}: "${cell}" is no decimal number; if it stands for a missing reading, say --missing "${cell}"`,
        );
      return isPlain ? value : scale * value + offset;
    },
  };
}

/**
 * Reads a table.
 * @param mapping complete: of guessTable
 * @param sensors whose readings are in this table, with their units
 * @throws UserError naming file, line and column
 */
export function readRows(
  table: Table,
  mapping: TableMapping & Pick<Mapping, "label" | "split">,
  sensors: readonly { name: string; unit?: string }[],
  labels: LabelReader,
): ReadRows {
  const missing = mapping.missing ?? [];
  const decimal = mapping.csv?.decimal ?? ".";
  const time = mapping.time!;
  const dates = isDated(time) ? dateReaderOf(time) : undefined;
  const readTime = timeReader(table, time, missing, decimal, dates);
  const readings = sensors.map(({ name, unit }) =>
    readingOf(table, name, mapping.sensors![name]!, unit, decimal, missing),
  );
  const { label = {} } = mapping;
  // Labels of a file of their own come later, by time.
  const labelColumn = label.column === undefined ? -1 : columnIndex(table, label.column);
  const whole = label.value ?? (label.fromName === undefined ? undefined : labelFromName(table.file, label.fromName));
  const split = (mapping.split ?? []).map((name) => columnIndex(table, name));
  const groups = new Map<string, Rows>();
  const tally = { rows: 0, untimed: 0 };
  const { truncated } = table.rows((cells, line) => {
    const name = split.map((at) => String(cells[at] ?? "").trim()).join("-");
    let group = groups.get(name);
    if (!group) groups.set(name, (group = { name, times: [], values: sensors.map(() => []), labels: [] }));
    const seconds = readTime(cells, line, group.times.at(-1) ?? -Infinity, group.times.length);
    tally.rows++;
    if (Number.isNaN(seconds)) return void tally.untimed++;
    for (let i = 0; i < readings.length; i++) group.values[i]!.push(readings[i]!.read(cells, line));
    const text = labelColumn < 0 ? whole : String(cells[labelColumn] ?? "");
    const place = (): string => `${table.file}:${line}: ${labelColumn < 0 ? "label" : `column ${label.column}`}`;
    group.labels.push(text === undefined ? unlabelled : labels.read(text, place));
    group.times.push(seconds);
  });
  if (time.column !== undefined && time.rate !== undefined)
    for (const group of groups.values()) group.times = counted(group.times, time.rate);
  return {
    ...tally,
    truncated,
    groups: [...groups.values()],
    isLocal: dates?.isLocal ?? false,
    undecided: dates?.undecided ?? 0,
    warnings: readings.flatMap(({ said }) => said ?? []),
  };
}

/** The rows of further files of the same table, behind or before those that are there: in the order of their times. */
export function joinRows(reads: readonly ReadRows[]): ReadRows {
  const [first] = reads;
  if (reads.length === 1) return first!;
  const groups = new Map<string, Rows[]>();
  for (const rows of reads.flatMap((read) => read.groups))
    groups.set(rows.name, [...(groups.get(rows.name) ?? []), rows]);
  const sum = (key: "rows" | "truncated" | "untimed" | "undecided"): number =>
    reads.reduce((total, read) => total + read[key], 0);
  return {
    groups: [...groups.values()].map((list) => {
      const sorted = list.toSorted((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
      return {
        name: list[0]!.name,
        times: sorted.flatMap(({ times }) => times),
        values: list[0]!.values.map((_, column) => sorted.flatMap(({ values }) => values[column]!)),
        labels: sorted.flatMap(({ labels }) => labels),
      };
    }),
    ...{ rows: sum("rows"), truncated: sum("truncated"), untimed: sum("untimed"), undecided: sum("undecided") },
    isLocal: first!.isLocal,
    warnings: first!.warnings,
  };
}
