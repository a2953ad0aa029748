import { textKind } from "../lib/fileKinds.js";
import { UserError } from "../lib/errors.js";
import type { LoadBench, WorkersRun } from "./bench.js";
import { deferralEvery } from "./uplinks.js";

export const scalePageKind = textKind("the page about many workers", "# Where one machine is not enough");

const start = "<!-- loam cloud bench -->";
const end = "<!-- end -->";

const n = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(row)].join("\n");

/** The page with the figures of a bench between its marks. @throws UserError for a page without them */
export function withFigures(page: string, bench: LoadBench, file: string): string {
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new UserError(`${file}: no place for figures; lines "${start}" and "${end}" expected`);
  return `${page.slice(0, from)}${start}\n\n${figures(bench)}\n\n${page.slice(to)}`;
}

/** What one core is enough for, from the run with one worker. */
function perCore({ processor: { workers, database } }: WorkersRun): string {
  if (workers === undefined || database === undefined) return "";
  return `So one core is enough for a worker with ${n(1000 / workers)} payloads per second, or for PostgreSQL with ${n(1000 / database)}; a million nodes' ${n(million.perSecond)} want
${n((million.perSecond * workers) / 1000, 1)} cores of workers and ${n((million.perSecond * database) / 1000, 1)} of PostgreSQL, if what a payload takes stays as it is.\n`;
}

/** A million nodes with a payload each quarter of an hour. */
const million = { nodes: 1e6, perSecond: 1e6 / 900, perYear: (1e6 * 365 * 86400) / 900 };

function figures({ options, cores, processor, loadBefore, runs, killed, sizes }: LoadBench): string {
  const { nodes, rate, seconds, burst } = options;
  const first = runs[0]!;
  const best = runs.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const { partitions, tables, perPayload } = sizes;
  const { plain, parted } = partitions;
  return `Made by \`npx loam cloud bench --nodes ${nodes} --rate ${rate} --seconds ${seconds} --burst ${burst} --workers ${runs.length} --write docs/scale.md\` on one machine with ${cores} cores (${processor}) that broker,
database, workers and the sender of the load share. Others wanted ${n(loadBefore, 1)} cores in the minute before it began, so read these figures as what is possible at least. One payload of
${deferralEvery} is a deferral with its window. PostgreSQL waits for the disk (\`fsync=on\`); mosquitto keeps its messages in memory.

${table(
  [
    "workers",
    "payloads stored per second",
    "against one worker",
    "uplink to downlink, median, ms",
    "99th percentile, ms",
    "processor time of workers, ms a payload",
    "of PostgreSQL",
    "of mosquitto",
  ],
  runs.map(({ workers, perSecond, median, p99, processor }) => [
    n(workers),
    n(perSecond),
    `${n(perSecond / first.perSecond, 2)}x`,
    n(median),
    n(p99),
    ...[processor.workers, processor.database, processor.broker].map((ms) => (ms === undefined ? "-" : n(ms, 2))),
  ]),
)}

Payloads per second are those of a burst of ${n(burst)}; the times are at ${n(rate)} payloads per second, from the uplink's event given to the broker to the command heard from it. Processor times are those of the burst, decisions included.
${perCore(first)}
**One of two workers is killed** (SIGKILL) in the middle of ${n(killed.payloads)} payloads at ${n(rate)} per second: ${n(killed.lost)} payloads lost, ${n(killed.unanswered)} of ${n(killed.deferrals)} deferrals
unanswered, ${n(killed.twice)} decisions sent twice. The other worker took ${n(killed.takenOver)} messages that the broker kept for the dead one; ${n(killed.seconds)} s after the kill everything was stored and answered.

**Bytes in PostgreSQL**, of ${n(sizes.payloads)} payloads: ${n(perPayload)} for each, with indexes.

${table(
  ["table", "rows", "bytes of a row", "bytes of its indexes"],
  tables.map(({ name, rows, rowBytes, indexBytes }) => [name, n(rows), n(rowBytes), n(indexBytes)]),
)}

**Partitions**, the rows of \`uplinks\` copied: ${n(plain.insertMicroseconds)} µs and ${n(plain.rowBytes)} bytes each into one table, ${n(parted.insertMicroseconds)} µs and ${n(parted.rowBytes)} bytes into ${partitions.count} partitions by the payload's time.
Forgetting a ${partitions.count}th of them takes ${n(plain.deleteMs, 1)} ms as \`delete\`, which leaves the space to the vacuum, and ${n(parted.dropMs, 1)} ms as \`drop table\` of a partition.

**A million nodes** with a payload each 15 minutes are ${n(million.perSecond)} payloads per second: ${n(million.perSecond / best.perSecond, 1)} times the most that was measured here, with ${n(best.workers)} ${best.workers === 1 ? "worker" : "workers"} on ${n(cores)} shared cores. In a year they
fill ${n((million.perYear * perPayload) / 1e12, 1)} TB, ${n((million.perYear * perPayload) / 12 / 1e12, 2)} TB a month.`;
}
