import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import type { SimulationSummary } from "../../host-tools/simulate/summary.js";
import { dayStart, exampleNode, quietDay } from "./helpers/day.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { soilModel } from "./helpers/model.js";

const folder = path.join(buildRoot, "test", `simulate-${process.pid}`);
const config = exampleNode();
const recording = path.join(folder, "day.csv");
const model = path.join(folder, "model.tflite");
const windows = 12;

test.before(() => {
  mkdirSync(folder, { recursive: true });
  const made = soilModel(config);
  writeFileSync(model, made.model);
  writeFileSync(path.join(folder, "normalizer.bin"), made.normalizer);
  // From wet to dry, and uncertain in between.
  writeFileSync(
    recording,
    quietDay(config, windows, (window) => 31 - window),
  );
});

test("a day: verdicts, deferrals answered by the cloud's network, actuation, every payload in the cloud; twice the same", async (t) => {
  const runs: SimulationEvent[][] = [];
  for (let run = 0; run < 2; run++) {
    const events: SimulationEvent[] = [];
    // The cloud is sure that it is dry where the soil has less than 25 %: soil.mean is the first feature.
    let asked = 0;
    const predict = (window: Float32Array) =>
      (asked++, window[0]! < 0) ? Float32Array.of(0.02, 0.98) : Float32Array.of(0.9, 0.1);
    const summary = await simulate({ recording, config, model, predict, onEvent: (event) => events.push(event) });
    runs.push(events);
    t.is(summary.windows, windows);
    t.is(summary.waiting, 0);
    t.is(asked, summary.deferrals);
    t.true(summary.deferrals >= 2);
    t.is(summary.decisions, summary.deferrals);
    t.is(summary.joins, 1);
    t.true(summary.airtimeMs > 0);
    const actions = events.flatMap((event) =>
      event.event === "actuation" ? [`${event.actuator} ${event.on ? "on" : "off"}`] : [],
    );
    t.deepEqual(actions, ["valve on", "pump on"]);
    const answered = events.flatMap((event) => (event.event === "decision" ? [event.outcome] : []));
    t.true(answered.every((outcome) => outcome === "acted"));
  }
  t.deepEqual(runs[1], runs[0]);
});

/** Runs a simulation that is killed at its event number `last`. @returns its summary when it ended before */
async function killed(state: string, last: number): Promise<SimulationSummary | undefined> {
  const program = path.join(loamRoot, "test/device/helpers/killed.ts");
  const { stdout, signal } = await execa(
    process.execPath,
    ["--import", "tsx", program, recording, model, state, String(last)],
    { cwd: loamRoot, reject: false, stderr: "inherit" },
  );
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
  // A run that was killed late may have passed the recording's end, where sensors are silent, and reported that.
  const reported = new Set(
    payloads.filter(({ kind }) => kind !== "fault").map(({ time }) => (time - dayStart) / config.window.everySeconds),
  );
  t.deepEqual(
    [...reported].sort((a, b) => a - b),
    Array.from({ length: windows }, (_, window) => window),
    "every window was reported",
  );
  await t.throwsAsync(simulate({ recording, config: { ...config, name: "another" }, model, state }), {
    name: "UserError",
    message: /state of a simulation of another recording or node/,
  });
});

test("a model or a normalizer that is not the node's is refused by name", async (t) => {
  const other = path.join(folder, "other");
  mkdirSync(other, { recursive: true });
  const features = { ...config.features, correlations: config.features.correlations.slice(1) };
  const made = soilModel({ ...config, features });
  writeFileSync(path.join(other, "model.tflite"), made.model);
  writeFileSync(path.join(other, "normalizer.bin"), made.normalizer);
  await t.throwsAsync(simulate({ recording, config, model: path.join(other, "model.tflite") }), {
    name: "UserError",
    message: /model: its input is int8 \[1, 15, 1, \d+\], int8 of 15 frames of \d+ features expected/,
  });
  writeFileSync(path.join(other, "model.tflite"), soilModel(config).model);
  await t.throwsAsync(simulate({ recording, config, model: path.join(other, "model.tflite") }), {
    name: "UserError",
    message: /normalizer.bin has \d+ features/,
  });
});

test("the description's radio settings reach the link: sub-band, data rate, ADR", async (t) => {
  const radio = { ...config.radio, region: "US915", subBand: 2, dataRate: 3, adr: false } as const;
  const events: SimulationEvent[] = [];
  const short = path.join(folder, "short.csv");
  writeFileSync(
    short,
    quietDay(config, 3, (window) => (window === 1 ? 20 : 31)),
  );
  const checked = checkConfig({ ...config, radio }).config;
  await simulate({ recording: short, config: checked, model, onEvent: (event) => events.push(event) });
  const sent = events.flatMap((event) => (event.event === "radio" && event.kind !== "downlink" ? [event] : []));
  const uplinks = sent.filter(({ kind }) => kind === "uplink");
  t.true(uplinks.length > 0);
  // Channels 8 to 15 of 125 kHz, and channel 65 of 500 kHz.
  for (const { frequency } of sent) t.true(frequency >= 903_900_000 && frequency <= 905_300_000, String(frequency));
  for (const { dataRate } of uplinks) t.is(dataRate, 3);
});
