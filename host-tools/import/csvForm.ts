/** How a file of text writes a table, found by its beginning: separator, comments, header, ends of rows. */
import { CsvError, parse } from "csv-parse/sync";
import { isNumberLike } from "./numberText.js";
import { medianOf } from "../lib/numbers.js";

export interface CsvForm {
  separator: string;
  /** Begins a comment, to the end of its line; "": there are none. */
  comment: string;
  /** Whether the first row has the names of the columns. */
  header: boolean;
  /** Lines before the table that are no comments. */
  skipLines: number;
  /** Text that ends a row, before the end of the line or instead of it; "": the end of the line. */
  rowEnd: string;
}

const separators = ["\t", ";", "|", ",", " "];
const comments = ["#", "%", "//"];
/** Lines that are looked at. */
const most = 200;

const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

/** Fields of a line, quotation marks respected: as many as a parser finds. */
function fieldsOf(line: string, separator: string): number {
  const plain = line.replace(/"(?:[^"]|"")*"/g, "q");
  return (separator === " " ? plain.trim().split(/[ \t]+/) : plain.split(separator)).length;
}

/** The separator by which nearly all lines have the same number of fields, two or more, and how many lines come before them. */
function separatorOf(lines: readonly string[]): { separator: string; before: number } | undefined {
  for (const separator of lines.length > 0 ? separators : []) {
    const counts = lines.map((line) => fieldsOf(line, separator));
    const usual = medianOf(counts);
    if (usual < 2 || counts.filter((count) => count === usual).length < 0.8 * counts.length) continue;
    const before = counts.indexOf(usual);
    // A decimal comma separates nothing: names, which have none, stand above the numbers of a table.
    const isNamed = !lines[before]!.split(separator).some(isNumber);
    if (before === 0 || isNamed) return { separator, before };
  }
  return undefined;
}

/** Rows of WISDM's form: a mark at the end of all lines, and within few. */
function rowEndOf(lines: readonly string[]): string {
  const ending = lines.filter((line) => /[^;];\s*$/.test(line) && line.includes(",")).length;
  const inner = lines.filter((line) => /;\s*\S/.test(line)).length;
  return lines.length > 1 && ending >= 0.9 * lines.length && inner <= 0.1 * lines.length ? ";" : "";
}

const isNumber = (text: string): boolean => isNumberLike(text.trim());

/** A name stands above numbers; without a header, a number does. */
function hasHeader(rows: readonly string[][]): boolean {
  const [first = [], ...others] = rows;
  const numeric = first.map((_, column) => others.some((row) => isNumber(row[column] ?? "")));
  return !first.some((cell, column) => numeric[column] && isNumber(cell));
}

/** @param given what is known, of a mapping or of options */
export function findForm(text: string, given: Partial<CsvForm> = {}): CsvForm {
  const lines = linesOf(text).slice(0, most);
  const comment = given.comment ?? comments.find((mark) => lines.some((line) => line.startsWith(mark))) ?? "";
  const skipLines = given.skipLines ?? 0;
  const rows = lines.slice(skipLines).filter((line) => line.trim() !== "" && !(comment && line.startsWith(comment)));
  const rowEnd = given.rowEnd ?? rowEndOf(rows);
  // The last line may be cut off.
  const whole = rows.length > 2 ? rows.slice(0, -1) : rows;
  const bare = whole.map((line) => (rowEnd && line.trimEnd().endsWith(rowEnd) ? line.trimEnd().slice(0, -1) : line));
  const found = separatorOf(bare) ?? { separator: ",", before: 0 };
  const separator = given.separator ?? found.separator;
  // Lines before the table are counted in the file, with comments and blank ones.
  const isBefore = given.skipLines === undefined && given.separator === undefined && found.before > 0;
  const form = { separator, comment, rowEnd, skipLines: isBefore ? lines.indexOf(rows[found.before]!) : skipLines };
  return { ...form, header: given.header ?? hasHeader(recordsOf(text, form, most)) };
}

/** @param count lines at the beginning */
function withoutLines(text: string, count: number): string {
  const end = /\r\n|\n|\r/g;
  for (let line = 0; line < count; line++) if (!end.test(text)) return "";
  return count === 0 ? text : text.slice(end.lastIndex);
}

/** Separators of one blank or more become one. */
const squeezed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/gm, "").replace(/[ \t]+/g, " ");

/**
 * The rows of a text, in order, through csv-parse; a comment of a whole line or behind a row is left out.
 * @throws CsvError
 */
export function eachRecord(
  text: string,
  form: Omit<CsvForm, "header">,
  each: (record: string[], line: number) => void,
  last?: number,
): void {
  const { separator, comment, rowEnd, skipLines } = form;
  const rest = withoutLines(text, skipLines);
  const table = separator === " " ? squeezed(rest) : rest;
  parse(table, {
    bom: true,
    delimiter: separator,
    ...(comment && { comment, comment_no_infix: true }),
    ...(rowEnd && { record_delimiter: [`${rowEnd}\r\n`, `${rowEnd}\n`, "\r\n", "\n", rowEnd] }),
    relax_column_count: true,
    relax_quotes: true,
    trim: separator !== "\t",
    skip_empty_lines: true,
    ...(last !== undefined && { to: last }),
    on_record: (record: string[], { lines }) => void each(record, skipLines + lines),
  });
}

function recordsOf(text: string, form: Omit<CsvForm, "header">, last: number): string[][] {
  const records: string[][] = [];
  try {
    eachRecord(text, form, (record) => records.push(record), last);
  } catch (error) {
    // The beginning of a file may end within quotation marks; what else is wrong is said when the file is read.
    if (!(error instanceof CsvError)) throw error;
  }
  return records;
}
