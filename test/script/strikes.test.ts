// Slow: runs the whole node
import test from "ava";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { logs, runDay } from "./day.js";

/** Labels and times of the reports that the cloud has. */
const reports = (events: SimulationEvent[]): [label: number, time: number][] =>
  events.flatMap((event): [number, number][] =>
    event.event === "uplink" && !event.duplicate && event.payload.kind === "report"
      ? [[event.payload.label, event.payload.time]]
      : [],
  );

test("a report that a script sends of an earlier event does not stand for the verdict that it fails with", async (t) => {
  const events = await runDay("earlier", {
    soil: () => 10,
    // The timer is due within the window, and waits for its end.
    script: `export default (api) => {
      api.setTimer("early", 10);
      return {
        onTimer() { api.send({ label: 0, confidence: 1, time: 1000, source: "node" }); },
        onVerdict() { throw new Error("no"); },
      };
    }`,
  });
  const acted = events.filter((event) => event.event === "verdict" && event.decided === "act");
  t.is(acted.length, 3);
  const times = reports(events).map(([, time]) => time);
  t.true(times.includes(1000));
  t.is(times.filter((time) => time > 1000).length, 3);
});

test("after the third start that fails the firmware's own script acts on the next verdict", async (t) => {
  const events = await runDay("third", { soil: () => 10, script: `throw new Error("no"); export default () => 1` });
  const names = events.flatMap(({ event }) =>
    ["script failed", "script replaced", "actuation", "window"].includes(event) ? [event] : [],
  );
  t.deepEqual(names, [
    ...["script failed", "window", "script failed", "window"],
    ...["script failed", "script replaced", "actuation", "actuation", "window"],
  ]);
});

test("the time in which the node writes to flash is not a script's", async (t) => {
  const events = await runDay("stores", {
    soil: () => 10,
    script: `export default (api) => ({
      onVerdict(verdict) {
        for (const name of ["a", "b", "c", "d", "e"]) api.store(name, String(api.now()));
        api.log(api.load("e") === String(api.now()) ? "stored" : "lost");
        api.send(verdict);
      },
    })`,
  });
  const of = (kind: string) => events.filter(({ event }) => event === kind);
  t.deepEqual(of("script failed"), []);
  t.deepEqual([...new Set(of("log").map((event) => (event as { text: string }).text))], ["stored"]);
  t.is(of("log").length, 3);
});

test("a script that has used up the actuations of the hour may switch off still", async (t) => {
  const events = await runDay("off", {
    soil: () => 10,
    limits: { actuationsPerHour: 3 },
    script: `export default (api) => ({
      onVerdict(verdict) {
        for (const on of [true, false, true]) api.actuate("valve", on);
        try { api.actuate("pump", true); } catch (error) { api.log(error.name); }
        api.log(String(api.actuate("valve", false)) + " " + api.isOn("valve"));
        try { api.actuate("valve", true); } catch (error) { api.log(error.name); }
        api.send(verdict);
      },
    })`,
    windows: 1,
  });
  t.deepEqual(logs(events), ["QuotaError", "true false", "QuotaError"]);
  t.false(events.some(({ event }) => event === "script failed"));
});

for (const [what, use, limits] of [
  ["actuations", `for (;;) { api.actuate("valve", true); api.actuate("valve", false); }`, { actuationsPerHour: 4 }],
  ["writes", `for (let i = 0; ; i++) api.store("a", i + " " + api.uptime());`, {}],
  ["timers", `for (const name of "abc") api.setTimer(name, 1, true);`, { timersPerHour: 3 }],
] as const)
  test(`a script that uses up ${what} is struck; what takes over has all of it`, async (t) => {
    const events = await runDay(`own ${what}`, {
      soil: () => 10,
      limits,
      // The fourth is within the hour.
      windows: 4,
      script: `export default (api) => ({ onVerdict() { ${use} } })`,
    });
    const names = events.flatMap((event) =>
      event.event === "script failed" ? [event.failure] : event.event === "script replaced" ? ["replaced"] : [],
    );
    // Said at each start.
    t.deepEqual([...names.slice(0, 3), ...new Set(names.slice(3))], ["quota", "quota", "quota", "replaced"]);
    const after = events.slice(events.findIndex(({ event }) => event === "script replaced"));
    const switched = after.flatMap((event) => (event.event === "actuation" && event.on ? [event.actuator] : []));
    t.deepEqual(switched, ["valve", "pump"]);
    t.is(events.filter(({ event }) => event === "window").length, 4);
  });
