// Slow: runs the whole node
import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import type { ActuatorConfig, NodeConfig } from "../../device/config.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, recordDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";

const folder = path.join(buildRoot, "test", `interlocks-${process.pid}`);
const example = exampleNode();

/** Dry soil, and from the second window on a probe that gives nothing. */
async function run(name: string, actuators: Partial<ActuatorConfig>, text?: string): Promise<SimulationEvent[]> {
  const place = path.join(folder, name);
  const config: NodeConfig = {
    ...example,
    actuators: example.actuators.map((actuator) => ({ ...actuator, ...actuators })),
  };
  const { recording, model } = writeSoilDay(
    place,
    config,
    recordDay(config, 3, (sensor, window, second) => {
      const noise = Math.sin(second * 7 + window);
      if (sensor === "soil") return window > 0 ? "" : 10 + noise;
      return sensor === "temperature" ? 15 + noise : sensor === "humidity" ? 60 + noise : 0.1 * noise;
    }),
  );
  if (text !== undefined) writeFileSync(path.join(place, "app.js"), text);
  const events: SimulationEvent[] = [];
  const script = text === undefined ? {} : { script: place };
  await simulate({ recording, config, model, ...script, onEvent: (event) => events.push(event) });
  return events;
}

const switched = (events: SimulationEvent[]): [string, boolean][] =>
  events.flatMap((event): [string, boolean][] => (event.event === "actuation" ? [[event.actuator, event.on]] : []));
const logs = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "log" ? [event.text] : []));

test("a soil probe that dies after dry ends with valve and pump off", async (t) => {
  t.deepEqual(switched(await run("safe", {})), [
    ["valve", true],
    ["pump", true],
    ["valve", false],
    ["pump", false],
  ]);
  t.deepEqual(switched(await run("hold", { onFault: "hold" })), [
    ["valve", true],
    ["pump", true],
  ]);
});

test("the script is told of it; its timers outlast sleep", async (t) => {
  const events = await run(
    "told",
    {},
    `export default (api) => ({
      onVerdict(verdict) { api.setTimer("later", 300); api.store("verdict", verdict.name); api.log(verdict.name); },
      onTimer(name) { api.log(name + " " + api.load("verdict") + " " + (api.uptime() > 300)); },
      onFault(fault) { api.log(fault.kind + " " + fault.sensor); },
      onUnfit(window) { api.log("unfit " + (window.time > 0)); },
    });`,
  );
  t.deepEqual(logs(events), ["dry", "later dry true", "missing soil", "unfit true", "missing soil", "unfit true"]);
});

test("an actuator is off after maxOnSeconds, in deep sleep too, and stays off for its pause", async (t) => {
  const events = await run(
    "limits",
    { maxOnSeconds: 200, minOffSeconds: 60 },
    `export default (api) => ({
      onVerdict() { api.log(String(api.actuate("valve", true))); api.setTimer("pause", 100); },
      onTimer(name) { api.log(String(api.actuate("valve", true)) + " " + api.isOn("valve")); if (name === "pause") api.setTimer("again", 120); },
    });`,
  );
  const changes = events.flatMap((event) => (event.event === "actuation" ? [{ on: event.on, time: event.time }] : []));
  // Begun 30 s after power-on, within the pause.
  t.deepEqual(logs(events).slice(0, 2), ["false", "true true"]);
  t.deepEqual(
    changes.map(({ on }) => on),
    [true, false],
  );
  t.true(Math.abs(changes[1]!.time - changes[0]!.time - 200) < 3, `${changes[1]!.time - changes[0]!.time} s`);
});
