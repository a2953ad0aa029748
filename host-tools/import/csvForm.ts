/** How a file of text writes a table, found by its beginning: separator, comments, header, ends of rows. */
import { parse } from "csv-parse/sync";

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

/** The separator by which nearly all lines have the same number of fields, two or more. */
function separatorOf(lines: readonly string[]): string | undefined {
  const fits = (separator: string): boolean => {
    const counts = lines.map((line) => fieldsOf(line, separator));
    const usual = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)]!;
    // The first line tells a decimal comma from a separator: names have none.
    return usual > 1 && counts[0]! > 1 && counts.filter((count) => count === usual).length >= 0.8 * counts.length;
  };
  return separators.find(fits);
}

/** Rows of WISDM's form: a mark at the end of all lines, and within few. */
function rowEndOf(lines: readonly string[]): string {
  const ending = lines.filter((line) => /[^;];\s*$/.test(line) && line.includes(",")).length;
  const inner = lines.filter((line) => /;\s*\S/.test(line)).length;
  return lines.length > 1 && ending >= 0.9 * lines.length && inner <= 0.1 * lines.length ? ";" : "";
}

const isNumber = (text: string): boolean => /^[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?$/.test(text.trim());

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
  const separator = given.separator ?? separatorOf(bare) ?? ",";
  const form = { separator, comment, rowEnd, skipLines };
  return { ...form, header: given.header ?? hasHeader(recordsOf(text, form, most)) };
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
  const table = separator === " " ? squeezed(text) : text;
  parse(table, {
    bom: true,
    delimiter: separator,
    ...(comment && { comment, comment_no_infix: true }),
    ...(rowEnd && { record_delimiter: [`${rowEnd}\r\n`, `${rowEnd}\n`, "\r\n", "\n", rowEnd] }),
    relax_column_count: true,
    relax_quotes: true,
    trim: separator !== "\t",
    skip_empty_lines: true,
    from_line: skipLines + 1,
    ...(last !== undefined && { to: last }),
    on_record: (record: string[], { lines }) => void each(record, lines),
  });
}

function recordsOf(text: string, form: Omit<CsvForm, "header">, last: number): string[][] {
  const records: string[][] = [];
  eachRecord(text, form, (record) => records.push(record), last);
  return records;
}
