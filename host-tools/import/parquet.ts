/** Apache Parquet, through hyparquet. */
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { UserError } from "../lib/errors.js";
import { tableOf, type Cell, type Table } from "./table.js";

export const isParquet = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PAR1";

/** Dates become milliseconds since 1970. */
function cellOf(value: unknown): Cell {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  return typeof value === "number" || typeof value === "string" ? value : null;
}

/** @throws UserError for a file that is damaged, or of nested columns only */
export async function readParquet(file: string, bytes: Uint8Array): Promise<Table> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const names = parquetSchema(metadata)
      .children.filter(({ children }) => children.length === 0)
      .map(({ element }) => element.name);
    if (names.length === 0) throw new UserError(`${file}: all of its columns are nested; expected columns of numbers`);
    const rows = await parquetReadObjects({ file: buffer, metadata, columns: names, compressors });
    const columns = names.map((name) => ({ name, ...(rows[0]?.[name] instanceof Date && { unit: "ms" }) }));
    return tableOf({ file, kind: "Parquet", columns }, rows.length, (row, column) =>
      cellOf(rows[row]![names[column]!]),
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: no Parquet file that can be read: ${(error as Error).message}`);
  }
}
