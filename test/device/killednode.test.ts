// Slow: kills the process of a simulated node, and resumes
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import type { SimulationSummary } from "../../host-tools/simulate/summary.js";
import { describeSummary } from "../../host-tools/simulate/view.js";
import { needs, ps } from "../helpers/needs.js";
import { config, windows, writeWetToDry } from "./helpers/wetToDry.js";

const { folder, recording, model } = writeWetToDry("killednode");

interface Run {
  exitCode: number | undefined;
  stderr: string;
  summary: SimulationSummary;
}

/** The processes of the node's program: one that starts it anew after each sleep, and what it has started, soon at the latest. */
async function hostProcesses(loam: number): Promise<[above: number, node: number]> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const below = (parent: number): string[][] => rows.filter(([, of]) => Number(of) === parent);
  const find = (parent: number): number | undefined => {
    for (const [pid, , program] of below(parent)) {
      const found = program!.includes("/xs/programs/") ? Number(pid) : find(Number(pid));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const above = find(loam)!;
  const node = below(above)[0]?.[0];
  return node === undefined ? await hostProcesses(loam) : [above, Number(node)];
}

/** loam simulate; after `kill.after` windows of this run the node's process gets a signal, or the one above it, which starts it anew after each sleep. */
async function simulate(
  state: string,
  kill?: { signal: NodeJS.Signals; after: number; above?: boolean },
  ...more: string[]
): Promise<Run> {
  const loam = execa(
    process.execPath,
    [path.join(loamRoot, "host-tools/bin/loam.js"), "simulate", "--json", "--recording", recording].concat([
      ...["--model", model, "--state", state, ...more],
    ]),
    { cwd: loamRoot, reject: false },
  );
  let seen = 0;
  let last = "";
  for await (const line of loam) {
    last = line;
    if ((JSON.parse(last) as SimulationEvent).event !== "window" || ++seen !== kill?.after) continue;
    // It waits for the air meanwhile, which is in that process.
    loam.kill("SIGSTOP");
    const [above, node] = await hostProcesses(loam.pid!);
    process.kill(kill.above ? above : node, kill.signal);
    loam.kill("SIGCONT");
  }
  const { exitCode, stderr } = await loam;
  return { exitCode, stderr, summary: JSON.parse(last || "{}") as SimulationSummary };
}

const ended = (t: ExecutionContext, run: Run, how: RegExp): void => {
  t.is(run.exitCode, 1, run.stderr);
  t.regex(run.summary.ended?.how ?? "", how);
  t.is(run.summary.ended?.windows, windows);
  t.true(run.summary.windows < windows, `${run.summary.windows} windows`);
  t.is(describeSummary(run.summary).includes("XS heap"), run.summary.heapLimitBytes > 0);
  t.regex(describeSummary(run.summary), new RegExp(`windows .* ${run.summary.windows} of ${windows}, 0 not usable`));
  t.regex(run.stderr, how);
  t.regex(run.stderr, /run it again with --state/);
};

needs(ps)(
  "when only the node's process is killed, summary and exit code say so, and the next run goes on",
  async (t) => {
    const state = path.join(folder, "state");
    ended(t, await simulate(state, { signal: "SIGKILL", after: 3 }), /the node's process was killed \(SIGKILL\)/);
    const second = await simulate(state, { signal: "SIGKILL", after: 2, above: true });
    ended(t, second, /the node's process was killed \(SIGKILL\)/);
    t.true(second.summary.windows >= 4, `${second.summary.windows} windows`);
    ended(t, await simulate(state, { signal: "SIGTERM", after: 2 }), /the node's process was told to end \(SIGTERM\)/);
    const events = () =>
      readFileSync(path.join(state, "events.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as SimulationEvent);
    t.false(events().some(({ event }) => event === "end"));
    const last = await simulate(state);
    t.is(last.exitCode, 0, last.stderr);
    t.like(last.summary, { windows, waiting: 0 });
    t.is(last.summary.ended, undefined);
    // Each run begins where the recording's window does: the first one is the only one that was not later than another.
    const starts = events().flatMap(({ event, time }) =>
      event === "window" ? [time % config.window.everySeconds] : [],
    );
    t.true(Math.max(...starts) - Math.min(...starts) < 0.2, starts.join());
    const other = await simulate(state, undefined, "--script", path.join(loamRoot, "device/app"));
    t.is(other.exitCode, 1);
    t.regex(other.stderr, /state of a simulation of another recording, node, package or app script/);
    const sequences = new Set(events().flatMap((event) => (event.event === "uplink" ? [event.payload.sequence] : [])));
    t.deepEqual(
      [...sequences].sort((a, b) => a - b),
      Array.from({ length: sequences.size }, (_, index) => index),
      "no number is missing",
    );
  },
);
