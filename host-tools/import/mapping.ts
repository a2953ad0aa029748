/** The mapping: how recordings of one kind are read. A file of JSON that is checked, saved, and used for many files. */
import { z } from "zod";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import { addIssue } from "../node/check.js";
import { ConfigError, Findings } from "../node/findings.js";
import { anyNumber, between, choice, flag, key, list, section, text, whole } from "../node/schema/fields.js";

/** The version of the mapping's form. */
export const mappingVersion = 1;

const decimal = choice([".", ","]);

const csv = section({
  separator: key(z.string("one character").length(1, "one character"), "Between the cells of a row.").optional(),
  decimal: key(decimal, "Decimal mark.").optional(),
  thousands: key(z.string("a string").max(1, "one character, or none"), "Between groups of three digits.").optional(),
  comment: key(z.string("a string").max(4, "up to 4 characters"), "Begins a comment.").optional(),
  header: key(flag(), "Whether the first row has the columns' names; without it they are 1, 2, 3 ...").optional(),
  skipLines: key(whole(0, 10_000), "Lines before the table.").optional(),
  rowEnd: key(z.string("a string").max(4, "up to 4 characters"), "Ends a row before its line does.").optional(),
}).meta({ id: "ImportCsv", description: "How a file of text writes its table." });

const format = () =>
  text().describe(
    's, ms, us or ns (numbers, since 1970 or since the start), "iso", or a format such as dd.MM.yyyy HH:mm:ss.S',
  );

const time = section({
  column: key(text(), "Column of times.").optional(),
  clock: key(text(), "Column of times of day, where `column` has days only.").optional(),
  format: key(format(), "Unit of numbers, or format of dates.").optional(),
  zone: key(text(), "Time zone of dates without an offset, such as Europe/Berlin; UTC without it.").optional(),
  decimal: key(decimal, "Decimal mark, where it is another than the table's.").optional(),
  rate: key(
    between(1e-6, 1e6),
    "Hz. Samples are counted: for tables without times, or with times coarser than samples.",
  ).optional(),
  start: key(
    text(),
    "Time of the first sample as ISO 8601, for tables without times and with relative ones.",
  ).optional(),
}).meta({ id: "ImportTime", description: "When a row was measured." });

const sensor = section({
  column: key(text(), "Column of the sensor's readings.").optional(),
  unit: key(text(), "Unit of the column, told where it is known; converted to the description's.").optional(),
  scale: key(anyNumber(), "Reading = scale * cell + offset.").optional(),
  offset: key(anyNumber(), "In the sensor's unit.").optional(),
  decimal: key(decimal, "Decimal mark, where it is another than the table's.").optional(),
  thousands: key(z.string("a string").max(1, "one character, or none"), "As the table's.").optional(),
  filtered: key(flag(), "Whether the board's high-pass filter was on already when it was recorded.").optional(),
}).meta({ id: "ImportSensor", description: "Where a sensor of the node is in the table." });

const labelFile = section({
  file: key(text(), "Name of the file; {name} stands for the recording's."),
  csv: csv.optional(),
  time: key(time, "When the label begins."),
  until: key(text(), "Column of times when it ends; without it, when the next one begins.").optional(),
  column: key(text(), "Column of labels."),
}).meta({ id: "ImportLabelFile", description: "Labels in a file of their own." });

const label = section({
  column: key(text(), "Column of labels.").optional(),
  value: key(text(), "The label of all rows.").optional(),
  fromName: key(text(), "Regular expression on the file's name and folder; its first group is the label.").optional(),
  fromFile: labelFile.optional(),
}).meta({ id: "ImportLabel", description: "One of its keys." });

const part = section({
  file: key(text(), "Name of the file; {name} stands for the recording's."),
  csv: csv.optional(),
  missing: list(text(), 0, 100).optional(),
  time: time.optional(),
  sensors: z.record(z.string(), sensor, "an object: sensors' names to columns"),
});

const mappingSchema = section({
  loamImport: key(z.literal(mappingVersion, `${mappingVersion}`), "Version of this form."),
  csv: csv.optional(),
  missing: key(
    list(text(), 0, 100),
    "Texts and numbers that stand for missing readings, beside NA, null and the like.",
  ).optional(),
  time: time.optional(),
  sensors: key(z.record(z.string(), sensor, "an object: sensors' names to columns"), "The node's sensors.").optional(),
  label: label.optional(),
  labels: key(
    z.record(z.string(), text().nullable(), "an object: labels to classes, or to null"),
    "Classes of labels that are called otherwise; null: their rows are left out.",
  ).optional(),
  split: key(
    list(text(), 1, 8),
    "Columns whose values, such as a person's number, make recordings of their own.",
  ).optional(),
  parts: key(list(part, 2, 32), "Files that make one recording, each with some of its sensors.").optional(),
  joined: key(flag(), "Whether the files, in the order of their times, are one recording.").optional(),
  gapSeconds: key(between(0, 1e7), "Time without samples that ends a recording; another begins after it.").optional(),
});

export type Mapping = z.infer<typeof mappingSchema>;
export type TimeMapping = z.infer<typeof time>;
export type SensorMapping = z.infer<typeof sensor>;
export type LabelFileMapping = z.infer<typeof labelFile>;
export type CsvMapping = z.infer<typeof csv>;
/** Of a file's table: the part of a mapping that it needs. */
export type TableMapping = Pick<Mapping, "csv" | "missing" | "time" | "sensors">;

/** @throws UserError naming each wrong key, its value and what is expected */
export function checkMapping(value: unknown, file: string): Mapping {
  const result = mappingSchema.safeParse(value);
  if (result.success) return result.data;
  const findings = new Findings(value, "the mapping");
  for (const issue of result.error.issues) addIssue(findings, issue);
  throw new UserError(`${file}: ${new ConfigError(findings.of("error")).message}`);
}

export const readMapping = async (file: string): Promise<Mapping> =>
  checkMapping(parseJson(await readUserFile(file, "the mapping"), file), file);

/** A mapping with the keys of another, which count, over its own. */
export function mergeMappings(base: Mapping, over: Mapping): Mapping {
  const sensors = { ...base.sensors };
  for (const [name, own] of Object.entries(over.sensors ?? {})) sensors[name] = { ...sensors[name], ...own };
  return {
    ...base,
    ...over,
    ...((base.csv ?? over.csv) && { csv: { ...base.csv, ...over.csv } }),
    ...((base.time ?? over.time) && { time: { ...base.time, ...over.time } }),
    ...((base.sensors ?? over.sensors) && { sensors }),
    ...((base.labels ?? over.labels) && { labels: { ...base.labels, ...over.labels } }),
  };
}
