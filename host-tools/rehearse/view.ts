import { formatTable } from "../lib/table.js";
import type { Rehearsal } from "./rehearse.js";

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** A row for each node and package, and a line about all. */
export function describeRehearsal({ outcomes, hours, busiestHour, downlinksDropped }: Rehearsal): string {
  const sorted = [...outcomes].sort((a, b) => a.sequence - b.sequence);
  const rows = sorted.map(({ node, dataRate, sequence, outcome, ...row }) => [
    String(sequence),
    node,
    `DR${dataRate}`,
    outcome,
    Math.round(row.hours * 100) / 100,
    row.fragments,
    row.uplinks,
    tenths(row.airtimeSeconds),
  ]);
  const head = ["package", "node", "data rate", "outcome", "hours", "fragments", "uplinks", "airtime, s"];
  return [
    formatTable(head, rows),
    `${tenths(hours)} simulated hours; the busiest hour of a node took ${Math.round(100 * busiestHour)} % of its duty cycle; ${downlinksDropped} downlinks had to wait, for the gateways' duty cycle or another one`,
  ].join("\n");
}
