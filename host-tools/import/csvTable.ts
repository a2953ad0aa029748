/** Text with separators as a table. */
import { CsvError } from "csv-parse/sync";
import { UserError } from "../lib/errors.js";
import { textOf } from "../lib/text.js";
import { eachRecord, findForm, type CsvForm } from "./csvForm.js";
import { firstRows, type Column, type Table } from "./table.js";

/** Characters of a file by which its form is found. */
const beginning = 200_000;

/** "acc (m/s2)", "temp [°C]", "Voltage / V": a name and its unit. */
function columnOf(title: string): Column {
  const [, name, unit] = /^(.+?)\s*(?:\[([^\]]+)\]|\(([^)]+)\)|\s\/\s(\S+))$/.exec(title)?.filter(Boolean) ?? [];
  return name && unit ? { name: title, unit } : { name: title };
}

const titlesOf = (file: string, names: readonly string[]): Column[] =>
  names.map((name, at) => {
    if (name !== "" && names.indexOf(name) !== at)
      throw new UserError(`${file}: columns ${names.indexOf(name) + 1} and ${at + 1} are both called "${name}"`);
    return columnOf(name === "" ? String(at + 1) : name);
  });

/** Text that is not UTF-8 is Windows-1252, as older loggers write degrees and umlauts. */
function decoded(bytes: Uint8Array, file: string): string {
  const text = textOf(bytes, file);
  return text.includes("\ufffd") ? new TextDecoder("windows-1252").decode(bytes) : text;
}

export function readCsv(
  file: string,
  bytes: Uint8Array,
  given: Partial<CsvForm>,
): { table: Table; form: CsvForm; sample: string[][] } {
  const text = decoded(bytes, file);
  const run = (each: (record: string[], line: number) => void, last?: number): void => {
    try {
      eachRecord(text, form, each, last);
    } catch (error) {
      if (error instanceof CsvError) throw new UserError(`${file}: ${error.message}`);
      throw error;
    }
  };
  const form = findForm(text.slice(0, beginning), given);
  const sample: string[][] = [];
  run((record) => sample.push(record), firstRows);
  const [first, ...others] = sample;
  if (!first) throw new UserError(`${file}: empty; a table of numbers is expected`);
  const width = form.header ? first.length : Math.max(...sample.map((record) => record.length));
  const columns = form.header ? titlesOf(file, first) : first.map((_, at) => ({ name: String(at + 1) }));
  // A separator at the end of each row makes a last column without anything.
  if (columns.length > 1 && columns.at(-1)!.name === String(width) && sample.every((row) => !row[width - 1]))
    columns.pop();
  const table: Table = {
    file,
    kind: "text with separators",
    columns,
    rows(each) {
      let isFirst = form.header;
      let short: { line: number; cells: number } | undefined;
      run((record, line) => {
        if (isFirst) return void (isFirst = false);
        if (short)
          throw new UserError(
            `${file}:${short.line}: ${short.cells} columns, ${columns.length} expected as in the first row (${columns.map(({ name }) => name).join(", ")})`,
          );
        // A file that ends in the middle of a row was cut off there; one in its midst is broken.
        if (record.length < columns.length) short = { line, cells: record.length };
        else each(record, line);
      });
      return { truncated: short ? 1 : 0 };
    },
  };
  return { table, form, sample: form.header ? others : sample };
}
