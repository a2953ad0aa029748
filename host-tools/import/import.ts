/** `loam import`: files as they are -> recordings in the form that every command reads. */
import type { CheckedNode } from "../node/schema/node.js";
import { UserError } from "../lib/errors.js";
import { highPassOf } from "./filter.js";
import { columnIndex, guessTable } from "./guess.js";
import { readLabelFile } from "./labelFile.js";
import { labelAt, LabelReader, leftOut, type LabelCount } from "./labels.js";
import { mappingVersion, type Mapping, type SensorMapping, type TimeMapping } from "./mapping.js";
import { planRecordings, type Planned, type PlannedPart } from "./plan.js";
import { differencesOf, makeRecording, type Imported, type Part } from "./recording.js";
import { joinRows, readRows, type ReadRows } from "./rows.js";
import { levelsOf } from "./levels/levels.js";
import { beginningOf, openSource, type Opened, type Source } from "./sources.js";
import { tallyOf, type Tally } from "./tally.js";

export interface ImportOptions {
  mapping: Mapping;
  config: CheckedNode;
  /** What would be dropped or decided is an error. */
  isStrict?: boolean;
  onFile?: (file: string) => void;
}

/** What is said of the files of one recording, or of a file of several. */
export interface FileReport {
  files: string[];
  kind: string;
  rows: number;
  /** As it was read, given or found; without what is this file's alone. */
  mapping: Mapping;
  time: TimeMapping;
  /** Of each of the node's sensors. */
  sensors: Record<string, SensorMapping>;
  /** Columns that are not used. */
  unused: string[];
  /** First rows as understood: time in seconds, the sensors' readings, label. */
  first: { time: number; values: number[]; label: string | null }[];
  recordings: Imported[];
  tally: Tally;
  warnings: string[];
}

export interface ImportReport {
  files: FileReport[];
  labels: LabelCount[];
  /** Where recordings are not what the described board measures. */
  differences: string[];
  /** Files that are refused, and why. */
  refused: { file: string; reason: string }[];
}

const shownRows = 5;

/** A part, read, with what was understood of it. */
interface ReadPart extends Part {
  opened: Opened;
  mapping: Mapping;
}

const formOf = ({ form }: Opened, { csv }: Mapping): Mapping["csv"] => (form ? { ...csv, ...form } : csv);

async function readPart(
  { files, mapping: given, sensors }: PlannedPart,
  whole: Mapping,
  config: CheckedNode,
  labels: LabelReader,
): Promise<ReadPart> {
  const wanted = config.sensors.filter(({ name }) => sensors?.includes(name) ?? true);
  const microphones = wanted.filter(({ hardware }) => hardware?.chip === "microphone");
  const base: Mapping = { ...whole, ...given, loamImport: mappingVersion };
  const reads: ReadRows[] = [];
  let first: { opened: Opened; mapping: Mapping } | undefined;
  for (const { file } of files) {
    const found = await openSource(file, base.csv);
    const opened =
      found.table.isSound && microphones.length > 0 ? beginningOf(await levelsOf(found.table, microphones)) : found;
    if (!first) {
      const csv = formOf(opened, base);
      const guessed = guessTable(opened, { ...base, ...(csv && { csv }) }, { sensors: wanted });
      first = { opened, mapping: { ...base, ...guessed } };
    }
    const read = readRows(opened.table, first.mapping, wanted, labels);
    if (read.rows === 0) throw new UserError(`${file}: no rows after the names of the columns`);
    reads.push(read);
  }
  const { opened, mapping } = first!;
  const read = joinRows(reads);
  return {
    ...{ opened, mapping, read, file: files[0]!.file },
    sensors: wanted.map(({ name }) => ({ name, mapping: mapping.sensors![name]! })),
    isZoneless: read.isLocal && mapping.time?.zone === undefined,
  };
}

const usedColumns = ({ mapping: { time, label, split }, sensors }: ReadPart): string[] =>
  [
    time?.column,
    time?.clock,
    label?.column,
    ...(split ?? []),
    ...sensors.map((sensor) => sensor.mapping.column),
  ].filter((name) => name !== undefined);

async function importPlanned(
  planned: Planned,
  { config, mapping }: ImportOptions,
  labels: LabelReader,
): Promise<FileReport> {
  const parts: ReadPart[] = [];
  for (const part of planned.parts) parts.push(await readPart(part, mapping, config, labels));
  const [main] = parts as [ReadPart];
  if (planned.labels !== undefined) {
    const spans = await readLabelFile(planned.labels, mapping.label!.fromFile!, main.mapping.time!, labels);
    for (const group of main.read.groups) group.labels = group.times.map((time) => labelAt(spans, time));
  }
  const recordings = main.read.groups.map(({ name }) =>
    makeRecording(
      [planned.name, name].filter(Boolean).join("-"),
      parts,
      name,
      config,
      labels.classes,
      mapping.gapSeconds,
    ),
  );
  for (const part of parts) for (const name of usedColumns(part)) columnIndex(part.opened.table, name);
  return {
    files: [
      ...planned.parts.flatMap(({ files }) => files.map(({ file }) => file)),
      ...(planned.labels ? [planned.labels] : []),
    ],
    kind: main.opened.table.kind,
    rows: parts.reduce((sum, { read }) => sum + read.rows, 0),
    mapping: mappingOf(mapping, parts),
    time: main.mapping.time!,
    sensors: Object.assign({}, ...parts.map((part) => part.mapping.sensors)) as Record<string, SensorMapping>,
    unused: parts.flatMap((part) => {
      const used = usedColumns(part);
      return part.opened.table.columns.map(({ name }) => name).filter((name) => !used.includes(name));
    }),
    first: firstRows(parts, config, labels.classes),
    recordings,
    tally: tallyOf(
      parts.map(({ read }) => read),
      recordings,
    ),
    warnings: [...parts.flatMap(warningsOf), ...sensorWarnings(parts, config)],
  };
}

const optional = <K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [key in K]?: V };

/** What was given and what was found, as a mapping that reads other files the same way. */
function mappingOf(given: Mapping, parts: readonly ReadPart[]): Mapping {
  const [{ mapping, opened }] = parts as [ReadPart];
  if (!given.parts) {
    const { time, label, ...rest } = mapping;
    const { rate, label: own } = opened.table;
    // What a format says of each file itself is not of all files.
    return {
      ...rest,
      ...optional("time", rate === undefined ? time : given.time),
      ...optional("label", own === undefined ? label : given.label),
    };
  }
  return {
    ...given,
    parts: given.parts.map(({ file }, at) => {
      const { csv, missing, time, sensors = {} } = parts[at]!.mapping;
      return { file, sensors, ...(csv && { csv }), ...(missing && { missing }), ...(time && { time }) };
    }),
  };
}

/** The first rows of the first part, with what it has of the sensors. */
function firstRows(parts: readonly ReadPart[], config: CheckedNode, classes: readonly string[]): FileReport["first"] {
  const [{ read, sensors }] = parts as [ReadPart];
  const [group] = read.groups;
  const columns = config.sensors.map((sensor) => sensors.findIndex(({ name }) => name === sensor.name));
  return group!.times.slice(0, shownRows).map((time, row) => ({
    time,
    values: columns.map((column) => group!.values[column]?.[row] ?? NaN),
    label: group!.labels[row] === leftOut ? null : (classes[group!.labels[row]!] ?? null),
  }));
}

function warningsOf({ read, isZoneless }: ReadPart): string[] {
  return [
    ...read.warnings,
    ...(isZoneless ? ["dates have no time zone: taken as UTC (--zone, where they are local)"] : []),
    ...(read.undecided > 0
      ? ["it begins within the hour that a clock set back has twice: taken as the first of the two"]
      : []),
  ];
}

/** Columns that are read twice, and the filters of the board that the readings go through. */
function sensorWarnings(parts: readonly ReadPart[], config: CheckedNode): string[] {
  return parts.flatMap(({ sensors }) =>
    sensors.flatMap(({ name, mapping: { column, filtered } }, at) => {
      const twin = sensors.slice(0, at).find((other) => other.mapping.column === column);
      const cutoff = highPassOf(config.sensors.find((sensor) => sensor.name === name)!);
      return [
        ...(twin ? [`${twin.name} and ${name} are both read from the column ${column}`] : []),
        ...(cutoff === undefined || filtered
          ? []
          : [
              `${name}: high-pass filter of ${cutoff} Hz, as on the board ("highPass": true); --filtered, if it was on when this was recorded`,
            ]),
      ];
    }),
  );
}

/**
 * Reads files and makes recordings of them; nothing is written. A file that cannot be read is in `refused`, with the reason.
 * @throws UserError for a mapping that is wrong whatever the file
 */
export async function importRecordings(sources: readonly Source[], options: ImportOptions): Promise<ImportReport> {
  const labels = new LabelReader(options.config.classes, options.mapping.labels);
  const files: FileReport[] = [];
  const refused: ImportReport["refused"] = [];
  for (const planned of planRecordings(sources, options.mapping)) {
    const { file } = planned.parts[0]!.files[0]!;
    options.onFile?.(file);
    try {
      const report = await importPlanned(planned, options, labels);
      if (options.isStrict) refuseDropped(report);
      files.push(report);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push({ file, reason: error.message });
    }
  }
  refuseTwice(files);
  const recordings = files.flatMap((file) => file.recordings);
  return { files, labels: labels.counts, differences: differencesOf(options.config, recordings), refused };
}

function refuseDropped({ files, tally, recordings }: FileReport): void {
  const said = [...tally.dropped, ...recordings.flatMap(({ remarks }) => remarks)];
  if (said.length > 0) throw new UserError(`${files.join(", ")}: --strict: ${said.join("; ")}`);
}

function refuseTwice(files: readonly FileReport[]): void {
  const made = new Map<string, string>();
  for (const { files: from, recordings } of files)
    for (const { name } of recordings.flatMap(({ outputs }) => outputs)) {
      const other = made.get(name);
      if (other !== undefined)
        throw new UserError(`${other} and ${from.join(", ")} would both become ${name}: import them into two folders`);
      made.set(name, from.join(", "));
    }
}
