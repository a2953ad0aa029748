/** Where the operators of a network stand in its picture. */

export interface Place {
  /** Rows count from the input, which stands in row 0; columns from the left. */
  row: number;
  column: number;
}

export interface Layout {
  /** Of the model's input. */
  input: Place;
  places: Place[];
  rows: number;
  columns: number;
}

/**
 * Each operator a row below the lowest of those that it reads; those of a row side by side, nearest to what they read.
 * @param after for each operator the operators before it that it reads, -1 for the input
 */
export function layoutOf(after: readonly (readonly number[])[]): Layout {
  const input: Place = { row: 0, column: 0 };
  const places: Place[] = [];
  const taken = new Map<number, Set<number>>([[0, new Set([0])]]);
  for (const sources of after) {
    const above = sources.map((source) => (source < 0 ? input : places[source]!));
    const row = 1 + Math.max(0, ...above.map((place) => place.row));
    const used = taken.get(row) ?? new Set<number>();
    let column = Math.min(...above.map((place) => place.column), above.length === 0 ? 0 : Infinity);
    while (used.has(column)) column++;
    taken.set(row, used.add(column));
    places.push({ row, column });
  }
  const all = [input, ...places];
  return {
    ...{ input, places },
    rows: 1 + Math.max(...all.map(({ row }) => row)),
    columns: 1 + Math.max(...all.map(({ column }) => column)),
  };
}
