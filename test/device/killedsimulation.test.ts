// Slow: kills and restarts everything, many times
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { bundle } from "../../host-tools/bin/bundle.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import type { SimulationSummary } from "../../host-tools/simulate/summary.js";
import { dayStart } from "./helpers/day.js";
import { config, windows, writeWetToDry } from "./helpers/wetToDry.js";

const { folder, recording, model } = writeWetToDry("killed");

const programs = path.join(folder, "programs");
// It is started dozens of times.
test.before(() => bundle(loamRoot, ["test/device/helpers/killed.ts"], programs));

/** Runs a simulation that is killed at its event number `last`. @returns its summary when it ended before */
async function killed(state: string, last: number): Promise<SimulationSummary | undefined> {
  const program = path.join(programs, "killed.js");
  const { stdout, signal } = await execa(process.execPath, [program, recording, model, state, String(last)], {
    ...{ cwd: loamRoot, reject: false, stderr: "inherit" },
  });
  return signal === "SIGKILL" ? undefined : (JSON.parse(stdout) as SimulationSummary);
}

test("killed again and again, it loses no uplink", async (t) => {
  const state = path.join(folder, "state");
  let summary: SimulationSummary | undefined;
  let kills = 0;
  for (; !summary && kills < 60; kills++) summary = await killed(state, 2 + ((kills * 7) % 19));
  t.true(kills > 4, `${kills} kills`);
  t.is(summary?.windows, windows);
  t.is(summary?.waiting, 0);
  const events = readFileSync(path.join(state, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as SimulationEvent);
  const states = events.flatMap((event) => (event.event === "link" ? [event.state] : []));
  t.false(states.slice(states.indexOf("joined")).includes("joining"), "the session survived too");
  const payloads = events.flatMap((event) => (event.event === "uplink" ? [event.payload] : []));
  const sequences = [...new Set(payloads.map(({ sequence }) => sequence))].sort((a, b) => a - b);
  t.deepEqual(
    sequences,
    sequences.map((_, index) => index),
    "no number is missing",
  );
  // A window begins up to a second later when the node had just started. A run that was killed late may have passed the recording's end, where sensors are silent, and reported that.
  const reported = new Set(
    payloads
      .filter(({ kind }) => kind !== "fault")
      .map(({ time }) => Math.floor((time - dayStart) / config.window.everySeconds)),
  );
  t.deepEqual(
    [...reported].sort((a, b) => a - b),
    Array.from({ length: windows }, (_, window) => window),
    "every window was reported",
  );
  await t.throwsAsync(simulate({ recording, config: { ...config, name: "another" }, model, state }), {
    name: "UserError",
    message: /state of a simulation of another recording, node, package or app script/,
  });
  // A node that has begun without the package would never see it.
  const script = path.join(folder, "late.lpk");
  writeFileSync(script, "LP\x01");
  await t.throwsAsync(simulate({ recording, config, model, state, script }), {
    name: "UserError",
    message: /state of a simulation of another recording, node, package or app script/,
  });
  const file = path.join(folder, "app.ts");
  writeFileSync(file, "export default () => ({});");
  await t.throwsAsync(simulate({ recording, config, model, script: file }), {
    name: "UserError",
    message: /app\.ts: a folder with app\.ts, or a package that loam script pack wrote, expected/,
  });
});
