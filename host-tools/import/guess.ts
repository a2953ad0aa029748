/** What a table's columns are, where the mapping does not say: only what has one meaning. The rest is asked for, in words. */
import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { unknownName } from "tfjs-to-tflite/lib/nearest.js";
import { usualStep } from "./clock.js";
import type { CsvMapping, Mapping, SensorMapping, TableMapping, TimeMapping } from "./mapping.js";
import { formOf, isMissing, isNumberLike, numberReader, type NumberForm } from "./numberText.js";
import { isIso, possibleFormats } from "./timeText.js";
import type { Cell, Column, Table } from "./table.js";

/** Names in the files of loggers, by what they are, in small letters and digits. */
const timeNames =
  /^(?:t|ts|ms|date|datum|epoch|unix|(?:date|unix|epoch|local|utc|sample)?time(?:stamp|ms|us|ns|s|sec|seconds|utc|local)*|zeit(?:stempel)?|uhrzeit|datumuhrzeit|seconds|millis|milliseconds)$/;
const labelNames = /^(label|labels|class|activity|state|target|category|annotation|anomaly)$/;

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[[(/].*$/, "")
    .replace(/[^a-z0-9]/g, "");

/** Cells of a column in the beginning of a table. */
type Sample = (column: number) => string[];

export interface Beginning {
  table: Table;
  /** First rows. */
  rows: readonly (readonly Cell[])[];
}

function sampleOf({ rows }: Beginning, missing: readonly string[]): Sample {
  return (column) =>
    rows
      .map((row) => row[column] ?? null)
      .filter((cell) => !isMissing(cell, missing))
      .map(String);
}

export function columnIndex({ file, columns }: Table, name: string): number {
  const at = columns.findIndex((column) => column.name === name);
  if (at < 0)
    throw new UserError(
      `${file}: column "${name}"${unknownName(
        "column",
        name,
        columns.map((column) => column.name),
      )}`,
    );
  return at;
}

/** How the cells of a column write numbers. @throws UserError where they can be read in two ways */
function formIn(table: Table, column: number, sample: Sample, csv: CsvMapping, commas: boolean): NumberForm {
  const given = { decimal: csv.decimal, thousands: csv.thousands };
  if (given.decimal !== undefined || given.thousands !== undefined)
    return { decimal: given.decimal ?? (given.thousands === "," ? "," : "."), thousands: given.thousands ?? "" };
  const found = formOf(sample(column), commas);
  if (!found) return { decimal: commas ? "," : ".", thousands: "" };
  if ("form" in found) return found.form;
  const text = found.undecided;
  const mark = text.includes(",") ? "," : ".";
  throw new UserError(
    `${table.file}: column ${table.columns[column]!.name}: "${text}" may be ${text.replace(mark, "")} or ${text.replace(mark, ".")}: say --thousands "${mark}" or --decimal "${mark}"`,
  );
}

function timeColumn(table: Table): number {
  return table.columns.findIndex(({ name }) => timeNames.test(plain(name)));
}

/** Years 2001 to 2286 in each unit: as seconds since 1970, 10 digits; numbers of these sizes are no times since a start. */
const epochs: readonly (readonly [unit: "s" | "ms" | "us" | "ns", least: number])[] = [
  ["s", 1e9],
  ["ms", 1e12],
  ["us", 1e15],
  ["ns", 1e18],
];
const perSecond = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };
type Unit = keyof typeof perSecond;
export const isUnit = (format: string): format is Unit => Object.hasOwn(perSecond, format);
export const unitSeconds = (unit: Unit): number => 1 / perSecond[unit];

const unitInName = (column: Column): Unit | undefined => {
  const text = column.unit ?? /(?:_|\b)(s|sec|ms|us|µs|ns)$/i.exec(column.name)?.[1];
  const unit = text
    ?.toLowerCase()
    .replace("µ", "u")
    .replace(/^sec.*/, "s");
  return unit !== undefined && isUnit(unit) ? unit : undefined;
};

/** The unit in which a table of numbers has its rate near the node's. @throws UserError when there is none */
function unitOf(table: Table, column: number, numbers: readonly number[], rates: readonly number[]): Unit {
  const epoch = epochs.find(([, least]) => numbers.every((value) => value >= least && value < 10 * least));
  if (epoch) return epoch[0];
  const named = unitInName(table.columns[column]!);
  if (named) return named;
  const step = usualStep(numbers);
  if (Number.isNaN(step))
    throw new UserError(
      `${table.file}: column ${table.columns[column]!.name}: its times do not go on, so that their unit is not seen: say --time-format s, ms, us or ns`,
    );
  const fastest = Math.max(...rates);
  // Units are a thousand apart, so at most one is within a factor of thirty.
  const near = epochs.find(([unit]) => Math.abs(Math.log(perSecond[unit] / step / fastest)) < Math.log(30));
  if (near && rates.length > 0) return near[0];
  throw new UserError(
    `${table.file}: column ${table.columns[column]!.name}: times go on by ${step}, ${rates.length > 0 ? `in no unit near the node's ${fastest} Hz` : "and no unit is said"}: say --time-format s, ms, us or ns`,
  );
}

/** The column of times of day beside one of days. */
function clockColumn(table: Table, days: number, sample: Sample): string | undefined {
  const found = table.columns.filter((_, at) => at !== days && /^\d{1,2}:\d{2}/.test(sample(at)[0] ?? ""));
  return found.length === 1 ? found[0]!.name : undefined;
}

function guessTime(
  beginning: Beginning,
  sample: Sample,
  given: TimeMapping,
  csv: CsvMapping,
  rates: readonly number[],
  commas: boolean,
): TimeMapping {
  const { table } = beginning;
  const column = given.column === undefined ? timeColumn(table) : columnIndex(table, given.column);
  if (column < 0) {
    if (given.rate !== undefined || table.rate !== undefined) {
      const start = table.start === undefined ? {} : { start: new Date(1000 * table.start).toISOString() };
      return { ...start, ...(table.rate !== undefined && { rate: table.rate }), ...given };
    }
    throw new UserError(
      `${table.file}: there is no column of times among ${table.columns.map(({ name }) => name).join(", ")}: say --time COLUMN, or --rate HZ when rows follow each other at a rate`,
    );
  }
  const time = { ...given, column: table.columns[column]!.name };
  if (given.format !== undefined && !isUnit(given.format)) return time;
  const cells = sample(column);
  const form = formIn(table, column, sample, { ...csv, ...(given.decimal && { decimal: given.decimal }) }, commas);
  const numbers = cells.map(numberReader(form));
  const dates = cells.filter((_, i) => Number.isNaN(numbers[i]));
  if (2 * dates.length < cells.length || cells.length === 0) {
    const marks = form.decimal === (csv.decimal ?? (commas ? "," : ".")) ? {} : { decimal: form.decimal };
    return { ...time, ...marks, format: given.format ?? unitOf(table, column, numbers.filter(Number.isFinite), rates) };
  }
  const [day = ""] = dates;
  const clock = given.clock ?? (day.includes(":") ? undefined : clockColumn(table, column, sample));
  if (clock !== undefined) time.clock = clock;
  const date = clock === undefined ? day : `${day} ${sample(columnIndex(table, clock))[0]}`;
  if (isIso(date)) return { ...time, format: "iso" };
  const formats = possibleFormats(date);
  throw new UserError(
    formats.length > 1
      ? `${table.file}: column ${time.column}: "${date}" has its day or its month first: say --time-format ${formats.map((each) => `"${each}"`).join(" or ")}`
      : `${table.file}: column ${time.column}: "${date}" is no number and no ISO 8601: say --time-format, such as "${formats[0] ?? "dd.MM.yyyy HH:mm:ss"}"`,
  );
}

/** The column of a sensor: of its name, whatever its case; for the only sensor, the only column left. */
function columnOfSensor(table: Table, name: string, free: readonly number[], isOnly: boolean): number {
  const by = (match: (column: string) => boolean): number | undefined => {
    const found = free.filter((at) => match(table.columns[at]!.name));
    return found.length === 1 ? found[0] : undefined;
  };
  const found =
    by((column) => column === name) ??
    by((column) => plain(column) === plain(name)) ??
    (isOnly && free.length === 1 ? free[0] : undefined);
  if (found !== undefined) return found;
  throw new UserError(
    `${table.file}: no column is called "${name}"; ${free.length > 0 ? `columns left are ${free.map((at) => table.columns[at]!.name).join(", ")}` : "no column of numbers is left"}: say --column ${name}=COLUMN`,
  );
}

/**
 * Completes a table's mapping.
 * @param config the sensors that are in the table
 * @throws UserError for what has two meanings, or is not there
 */
export function guessTable(
  beginning: Beginning,
  given: TableMapping & Pick<Mapping, "label" | "split">,
  config: Pick<NodeConfig, "sensors">,
): TableMapping & Pick<Mapping, "label"> {
  const { table } = beginning;
  const missing = given.missing ?? [];
  const csv = given.csv ?? {};
  const sample = sampleOf(beginning, missing);
  const commas = table.columns.some((_, column) => {
    const found = formOf(sample(column));
    return found !== undefined && "form" in found && found.form.decimal === ",";
  });
  const allPlain = table.columns.every((_, column) => {
    const found = formOf(sample(column));
    return found === undefined || !("form" in found) || found.form.decimal === ",";
  });
  const usual = csv.decimal ?? (commas && allPlain ? "," : ".");
  const time = guessTime(
    beginning,
    sample,
    given.time ?? {},
    csv,
    config.sensors.map(({ rate }) => rate),
    usual === ",",
  );
  const label = given.label ?? guessLabel(table);
  const taken = new Set([
    time.column,
    time.clock,
    label?.column,
    ...(given.split ?? []),
    ...Object.values(given.sensors ?? {}).map(({ column }) => column),
  ]);
  const free = table.columns.flatMap(({ name }, at) => (taken.has(name) || !isNumeric(sample(at)) ? [] : [at]));
  const names = config.sensors.map(({ name }) => name);
  const sensors: Record<string, SensorMapping> = {};
  for (const name of names) {
    const own = given.sensors?.[name];
    const at =
      own?.column === undefined
        ? columnOfSensor(table, name, free, names.length === 1)
        : columnIndex(table, own.column);
    const form = formIn(table, at, sample, { ...csv, ...own }, usual === ",");
    const { unit } = table.columns[at]!;
    sensors[name] = {
      ...(unit !== undefined && { unit }),
      ...own,
      column: table.columns[at]!.name,
      ...(form.decimal !== usual && { decimal: form.decimal }),
      ...(form.thousands !== "" && { thousands: form.thousands }),
    };
  }
  return { ...given, csv: { ...csv, decimal: usual }, time, sensors, ...(label && { label }) };
}

const isNumeric = (cells: readonly string[]): boolean =>
  cells.length === 0 || cells.filter(isNumberLike).length > 0.5 * cells.length;

function guessLabel({ columns, label }: Table): Mapping["label"] {
  if (label !== undefined) return { value: label };
  const found = columns.filter(({ name }) => labelNames.test(plain(name)));
  return found.length === 1 ? { column: found[0]!.name } : undefined;
}
