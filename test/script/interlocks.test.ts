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

test("the script hears of faults and unusable windows; its timers outlast sleep", async (t) => {
  const events = await run(
    "faults",
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
      onVerdict() { api.log(String(api.actuate("valve", true))); api.setTimer("first", 100); },
      onTimer(name) {
        api.log(name + " " + api.actuate("valve", true) + " " + api.isOn("valve"));
        if (name === "first") api.setTimer("off again", 210);
        if (name === "off again") api.setTimer("after the pause", 60);
      },
    });`,
  );
  const changes = events.flatMap((event) => (event.event === "actuation" ? [{ on: event.on, time: event.time }] : []));
  // The verdict comes 30 s after power-on, within the pause.
  t.deepEqual(logs(events), ["false", "first true true", "off again false false", "after the pause true true"]);
  t.deepEqual(
    changes.map(({ on }) => on),
    [true, false, true, false],
  );
  for (const at of [0, 2]) {
    const seconds = changes[at + 1]!.time - changes[at]!.time;
    t.true(Math.abs(seconds - 200) < 3, `${seconds} s`);
  }
});
