import { formatTable } from "../lib/table.js";
import { describeScript } from "./scriptMemory.js";
import { describeCycle } from "../simulate/cycle.js";
import type { NodeBudget } from "./budget.js";
import type { MemoryRow } from "./memory.js";

const n = (value: number): string => value.toLocaleString("en-US");

function memoryTable(title: string, { rows, total }: { rows: MemoryRow[]; total: MemoryRow }): string {
  return formatTable(
    [title, "bytes", "limit", "left"],
    [...rows, total].map(({ part, bytes, limit }) => [
      part,
      n(bytes),
      limit === undefined ? "" : n(limit),
      limit === undefined ? "" : n(limit - bytes),
    ]),
  );
}

/** A budget as text: tables, then what does not fit. */
export function describeBudget(budget: NodeBudget): string {
  const { charge, chargeADay, air, dataRate } = budget;
  const used = air.find((row) => row.dataRate === dataRate)!;
  const charges = formatTable(
    ["a day's charge", "s", "mA", "mAh", "source"],
    charge.map((row) => [
      row.part,
      Number.isNaN(row.seconds) ? "" : row.seconds.toFixed(1),
      Number.isNaN(row.current) ? "" : row.current.toFixed(4),
      row.charge.toFixed(3),
      row.source,
    ]),
  );
  const airs = formatTable(
    ["data rate", "modulation", "airtime a day, s", "the law, s", "fair use, s", ""],
    air.map((row) => [
      `DR${row.dataRate}${row.dataRate === dataRate ? " *" : ""}`,
      `SF${row.sf}/${row.bandwidth} kHz`,
      row.refused ? "" : row.airtimeSeconds.toFixed(1),
      row.lawSeconds === undefined ? "no limit" : row.lawSeconds.toFixed(0),
      String(budget.fairUseSeconds),
      row.refused
        ? `none: ${row.refused}`
        : row.lawSeconds !== undefined && row.airtimeSeconds > row.lawSeconds
          ? "over the duty cycle"
          : row.airtimeSeconds > budget.fairUseSeconds
            ? "over The Things Network's fair use"
            : "",
    ]),
  );
  return [
    `${budget.node} on ${budget.chip}, ${budget.model ?? "no network yet: a stand-in ran"}`,
    memoryTable("RAM", budget.ram),
    memoryTable("flash", budget.flash),
    ...(budget.script ? [describeScript(budget.script)] : []),
    `${charges}\n${chargeADay.toFixed(2)} mAh a day at DR${dataRate}: ${budget.batteryDays.toFixed(0)} days from ${n(budget.battery)} mAh`,
    describeCycle(budget.cycle),
    ...budget.unknown.map((what) => `not counted: ${what}`),
    `${airs}\n${used.reports} reports and ${used.deferrals} deferrals (with their windows, ${used.deferralBytes} bytes at DR${dataRate}) a day`,
    budget.over.length === 0 ? "Everything fits." : budget.over.map((what) => `over: ${what}`).join("\n"),
  ].join("\n");
}
