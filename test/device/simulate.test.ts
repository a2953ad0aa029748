// Slow: runs the whole node many times
import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { quietDay } from "./helpers/day.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { soilModel } from "./helpers/model.js";
import { writeSoilModel } from "./helpers/soil.js";
import { config, windows, writeWetToDry } from "./helpers/wetToDry.js";

const { folder, recording, model } = writeWetToDry("simulate");

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

test("a model or a normalizer that is not the node's is refused by name", async (t) => {
  const other = path.join(folder, "other");
  const features = { ...config.features, correlations: config.features.correlations.slice(1) };
  const otherModel = writeSoilModel(other, { ...config, features });
  await t.throwsAsync(simulate({ recording, config, model: otherModel }), {
    name: "UserError",
    message: /model: its input is int8 \[1, 15, 1, \d+\], int8 of 15 frames of \d+ features expected/,
  });
  writeFileSync(otherModel, soilModel(config).model);
  await t.throwsAsync(simulate({ recording, config, model: otherModel }), {
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
