/** Labels in a file of their own: from a time to another, or to the next label. */
import { UserError } from "../lib/errors.js";
import { columnIndex } from "./guess.js";
import type { LabelReader, LabelSpan } from "./labels.js";
import type { LabelFileMapping, TimeMapping } from "./mapping.js";
import { dateReaderOf, isDated, timeReader } from "./rows.js";
import { openSource } from "./sources.js";

/**
 * @param time of the recording's table, which counts where the label file's does not say
 * @throws UserError naming file, line and column
 */
export async function readLabelFile(
  file: string,
  mapping: LabelFileMapping,
  time: TimeMapping,
  labels: LabelReader,
): Promise<LabelSpan[]> {
  const { table } = await openSource(file, mapping.csv);
  const { format, zone, start } = time;
  const own: TimeMapping = {
    ...(format !== undefined && { format }),
    ...(zone !== undefined && { zone }),
    ...(start !== undefined && { start }),
    ...mapping.time,
  };
  if (own.column === undefined) throw new UserError(`label.fromFile.time: no column is said`);
  const decimal = mapping.csv?.decimal ?? ".";
  const read = (column: string) =>
    timeReader(table, { ...own, column }, [], decimal, isDated(own) ? dateReaderOf(own) : undefined);
  const [from, to] = [read(own.column), mapping.until === undefined ? undefined : read(mapping.until)];
  const at = columnIndex(table, mapping.column);
  const spans: LabelSpan[] = [];
  table.rows((cells, line) => {
    const begin = from(cells, line, spans.at(-1)?.from ?? -Infinity, line);
    if (Number.isNaN(begin)) throw new UserError(`${file}:${line}: column ${own.column}: no time`);
    const end = to?.(cells, line, begin, line) ?? Infinity;
    if (end < begin) throw new UserError(`${file}:${line}: the label ends before it begins`);
    spans.push({
      from: begin,
      to: Number.isNaN(end) ? Infinity : end,
      code: labels.read(String(cells[at] ?? ""), () => `${file}:${line}: column ${mapping.column}`),
    });
  });
  return spans.sort((a, b) => a.from - b.from);
}
