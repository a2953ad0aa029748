import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Of /proc/PID/stat, see proc(5): the parent, and ticks in user and system mode, of its own and of children that have ended. */
function stat(pid: number): { parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name before it may have blanks and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return undefined;
  }
}

let ticksPerSecond: number | undefined;

/** @returns s of processor time that processes and all that they have started took until now; undefined where there is no /proc */
export function processorTime(pids: readonly number[]): number | undefined {
  if (process.platform !== "linux") return undefined;
  ticksPerSecond ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const all = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync("/proc")) {
    const read = /^\d+$/.test(name) ? stat(Number(name)) : undefined;
    if (read) all.set(Number(name), read);
  }
  const isOf = (pid: number): boolean => {
    const parent = all.get(pid)?.parent;
    return pids.includes(pid) || (parent !== undefined && isOf(parent));
  };
  return [...all].filter(([pid]) => isOf(pid)).reduce((sum, [, { ticks }]) => sum + ticks, 0) / ticksPerSecond;
}
