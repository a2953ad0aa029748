// Slow: runs the whole node, three times for some windows
import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { recordedWindow } from "../../host-tools/simulate/ending.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { dayStart, exampleNode, quietDay } from "./helpers/day.js";
import { writeSoilDay } from "./helpers/soil.js";
import { buildRoot } from "../../host-tools/lib/paths.js";

const example = exampleNode();
const predict = () => Float32Array.of(0.02, 0.98);

/** @param missing windows that are not in the recording */
async function run(name: string, seconds: number, everySeconds: number, windows: number, missing: number[] = []) {
  const config = checkConfig({ ...example, window: { ...example.window, seconds, everySeconds } }).config;
  const folder = path.join(buildRoot, "test", `lastwindow-${name}-${process.pid}`);
  const { model, recording } = writeSoilDay(
    folder,
    config,
    quietDay(config, windows, (window) => 31 - window),
  );
  if (missing.length > 0) {
    const lines = quietDay(config, windows, (window) => 31 - window).split("\n");
    const isKept = (line: string) => {
      const window = Math.floor((parseFloat(line) - dayStart + 1e-4) / everySeconds);
      return Number.isNaN(window) || !missing.includes(window);
    };
    writeFileSync(recording, lines.filter(isKept).join("\n"));
  }
  const events: SimulationEvent[] = [];
  const summary = await simulate({ recording, config, model, predict, onEvent: (event) => events.push(event) });
  const of = (kind: "window" | "verdict") =>
    events.flatMap((event) => (event.event === kind ? [Math.round((event.time - dayStart) / everySeconds)] : []));
  const unfit = events.flatMap((event) => (event.event === "window" && !event.isFit ? [event] : []));
  return { summary, windows: of("window"), verdicts: of("verdict"), unfit };
}

test("of windows that follow without a gap the last one is run too, and none after the recording", async (t) => {
  const { summary, windows, verdicts } = await run("gapless", 30, 30, 5);
  t.deepEqual(windows, [0, 1, 2, 3, 4]);
  t.deepEqual(verdicts, [0, 1, 2, 3, 4]);
  t.is(summary.waiting, 0);
});

test("windows that follow closely: the last one's verdict has the time for its uplink and the answer", async (t) => {
  const { summary, verdicts } = await run("close", 30, 32, 4);
  t.deepEqual(verdicts, [0, 1, 2, 3]);
  t.is(summary.decisions, summary.deferrals);
});

test("in a hole of a recording nothing is measured: its windows are not fit, and have no verdict", async (t) => {
  const { verdicts, unfit } = await run("hole", 30, 60, 6, [2, 3]);
  t.deepEqual(verdicts, [0, 1, 4, 5]);
  t.is(unfit.length, 2);
  for (const { label } of unfit) t.is(label, undefined);
});

test("a window is the recorded one that began nearest", (t) => {
  const times = [10, 20, 40];
  t.deepEqual(
    [0, 10, 14.9, 15.1, 29, 31, 99].map((time) => recordedWindow({ times }, time)),
    [0, 0, 0, 1, 1, 2, 2],
  );
});
