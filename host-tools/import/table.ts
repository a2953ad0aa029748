/** What every kind of file is read as: named columns, and rows of cells. */

/** Text as it stands in the file, or a number of a format that has numbers; null: missing. */
export type Cell = string | number | null;

/** Rows by which columns are told apart. */
export const firstRows = 2000;

export interface Column {
  name: string;
  /** As the file says it. */
  unit?: string;
}

export interface Table {
  file: string;
  /** The kind of file, in words. */
  kind: string;
  columns: Column[];
  /** Hz; of a format that says it, and has no column of times. */
  rate?: number;
  /** Whether its columns are sound pressure, sample by sample. */
  isSound?: true;
  /** Of a format that says it; the time in seconds since 1970. */
  label?: string;
  start?: number;
  /** Calls `each` with the rows in order, and the line (text) or the row (other formats) for errors, counted from 1. @returns what was dropped */
  rows(each: (cells: readonly Cell[], line: number) => void): RowTally;
}

export interface RowTally {
  /** Rows that end before their last column, at the end of the file. */
  truncated: number;
}

/** A table of columns in memory. */
export function tableOf(
  head: Pick<Table, "file" | "kind" | "columns" | "rate" | "label" | "start" | "isSound">,
  count: number,
  cell: (row: number, column: number) => Cell,
): Table {
  return {
    ...head,
    rows(each) {
      const cells: Cell[] = head.columns.map(() => null);
      for (let row = 0; row < count; row++) {
        for (let column = 0; column < cells.length; column++) cells[column] = cell(row, column);
        each(cells, row + 1);
      }
      return { truncated: 0 };
    },
  };
}
