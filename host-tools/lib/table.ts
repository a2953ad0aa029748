import Table from "cli-table3";
import { printableLines } from "./terminal.js";

/** A plain text table; numbers are aligned to the right. */
export function formatTable(head: string[], rows: (string | number)[][]): string {
  const rightAligned = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const table = new Table({
    head,
    colAligns: rightAligned.map((right) => (right ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows)
    table.push(row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-US") : printableLines(cell))));
  return table.toString();
}
