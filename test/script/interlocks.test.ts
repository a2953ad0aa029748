// Slow: runs the whole node
import test from "ava";
import type { ActuatorConfig } from "../../device/config.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { logs, runDay } from "./day.js";

/** Dry soil, and from the second window on a probe that gives nothing. */
const run = (name: string, actuators: Partial<ActuatorConfig>, script?: string): Promise<SimulationEvent[]> =>
  runDay(name, { soil: (window) => (window > 0 ? "" : 10), actuators, ...(script !== undefined && { script }) });

const switched = (events: SimulationEvent[]): [string, boolean][] =>
  events.flatMap((event): [string, boolean][] => (event.event === "actuation" ? [[event.actuator, event.on]] : []));

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
