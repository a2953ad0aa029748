// Slow: builds XS for this machine and for the emulated chip
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";
import { machineScripts, type MachineRun } from "./hostile.js";

const program = {
  manifest: path.join(loamRoot, "test/script/manifest.json"),
  main: path.join(loamRoot, "test/script/machine.xs.ts"),
};

function scriptsFile(name: string, scripts: { name: string; text: string }[]): { scripts: string } {
  const folder = path.join(buildRoot, "test", `machine-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(scripts));
  return { scripts: file };
}

function compare(t: ExecutionContext, run: RunResult): void {
  t.is(run.exitCode, 0, run.stderr);
  const runs = run.lines.map((line) => JSON.parse(line) as MachineRun);
  t.deepEqual(
    runs.map(({ name }) => name),
    machineScripts.map(([name]) => name),
  );
  machineScripts.forEach(([name, , outcome, answer], index) => {
    const { ms, text, ...ended } = runs[index]!;
    t.true([outcome].flat().includes(ended.outcome), `${name}: ${ended.outcome}, not ${String(outcome)}`);
    if (answer !== undefined) t.is(text, answer, name);
    // Stopped at its time, give or take a garbage collection.
    t.true(ended.outcome === "time" ? ms >= 500 && ms < 520 : ms < 500, `${name}: ${ms} ms`);
  });
}

const named = machineScripts.map(([name, text]) => ({ name, text }));

test("a machine stops whatever runs in it, and its node goes on", async (t) => {
  compare(t, await runHost(await buildHost(program), { resources: scriptsFile("host", named), timeoutMs: 120_000 }));
});

needs(board)("a machine on the emulated chip stops the same scripts in the same way", async (t) => {
  compare(t, await runChip(await buildChip(program), { resources: scriptsFile("chip", named), timeoutMs: 240_000 }));
});
