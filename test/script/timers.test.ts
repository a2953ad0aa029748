// Slow: runs the whole node
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";

const windows = 3;
const folder = path.join(buildRoot, "test", `script-timers-${process.pid}`);
const config = { ...exampleNode(), app: { limits: { timersPerHour: 20 } } };
const { recording, model } = writeSoilDay(
  folder,
  config,
  quietDay(config, windows, () => 40),
);

for (const [what, setTimer, isStopped] of [
  ["repeated", `api.setTimer("t", 1, true)`, true],
  ["set anew by its handler", `api.setTimer("t", 1)`, true],
  ["within the limit", `api.setTimer("t", 300, true)`, false],
] as const)
  test(`a timer ${what}: the node ${isStopped ? "stops the script, and sleeps" : "lets it be"}`, async (t) => {
    const script = path.join(folder, what);
    mkdirSync(script, { recursive: true });
    writeFileSync(
      path.join(script, "app.js"),
      `export default (api) => ({
        onVerdict(verdict) { api.send(verdict); ${setTimer}; },
        onTimer() { api.log("due"); ${what.startsWith("set") ? setTimer : ""}; },
      });`,
    );
    const events: SimulationEvent[] = [];
    await simulate({ recording, config, model, script, onEvent: (event) => events.push(event) });
    const failures = events.flatMap((event) => (event.event === "script failed" ? [event.failure] : []));
    const due = events.filter(({ event }) => event === "log").length;
    t.is(events.filter(({ event }) => event === "window").length, windows);
    if (isStopped) {
      // Within an hour, whatever the script that begins anew sets.
      t.is(due, config.app.limits.timersPerHour);
      t.true(failures.length >= 1 && failures.every((failure) => failure === "quota"), failures.join(", "));
    } else {
      t.deepEqual(failures, []);
      t.true(due > 2 && due < config.app.limits.timersPerHour);
      // A handler that sends nothing keeps the node awake no longer than it takes.
      const moments = events.flatMap(({ event, time }) =>
        event === "log" || event === "sleep" ? [{ event, time }] : [],
      );
      for (const [i, { event, time }] of moments.entries()) {
        if (event !== "log" || time > moments.at(-1)!.time - 10) continue;
        const next = moments[i + 1]!;
        t.true(
          next.event === "sleep" && next.time - time < 5,
          `${event} at ${time}, then ${next.event} at ${next.time}`,
        );
      }
    }
  });

const short = { ...config, app: { limits: { timersPerHour: 5 } } };

for (const [what, begin] of [
  ["in each of its starts", `api.setTimer("t", 60, true)`],
  ["with other names in each of its starts", `api.setTimer(String(api.now() % 8), 60)`],
  ["in the start, which has cleared it", `api.clearTimer("t"); api.setTimer("t", 60)`],
  ["in the start, by turns", `for (const n of "ab") api.clearTimer(n) || api.setTimer(n, 60)`],
] as const)
  test(`a timer set ${what}: the node wakes for it no more often than it may`, async (t) => {
    const script = path.join(folder, what);
    mkdirSync(script, { recursive: true });
    writeFileSync(
      path.join(script, "app.js"),
      `export default (api) => { ${begin}; return { onVerdict(verdict) { api.send(verdict); } }; }`,
    );
    const events: SimulationEvent[] = [];
    await simulate({ recording, config: short, model, script, onEvent: (event) => events.push(event) });
    const failures = events.flatMap((event) => (event.event === "script failed" ? [event.failure] : []));
    t.true(failures.includes("quota"), failures.join(", "));
    // Two for each window, and what the radio wants.
    const wakes = events.filter(({ event }) => event === "sleep").length;
    t.true(wakes <= short.app.limits.timersPerHour + 3 * windows + 4, `${wakes} wakes`);
    t.is(events.filter(({ event }) => event === "window").length, windows);
  });

const hours = 3;
const long = {
  ...config,
  ...writeSoilDay(
    path.join(folder, "long"),
    config,
    quietDay(config, (hours * 3600) / config.window.everySeconds, () => 40),
  ),
};

for (const [what, seconds, isRepeated, limits, isSetAnew] of [
  ["of 60 s by the default limit", 60, true, {}],
  ["of 60 s, set in each start of the script", 60, true, {}, true],
  ["of 1000 s, set in each start of the script", 1000, false, {}, true],
  ["as often as its limit", 180, true, { timersPerHour: 20 }],
  ["as often as its limit, set anew by its handler", 180, false, { timersPerHour: 20 }],
] as const)
  test(`a timer ${what}: it is due for hours`, async (t) => {
    const script = path.join(folder, what);
    mkdirSync(script, { recursive: true });
    writeFileSync(
      path.join(script, "app.js"),
      `export default (api) => {
        const set = () => api.setTimer("t", ${seconds}, ${isRepeated});
        if (${isSetAnew ?? false} || api.recall() === "") { api.remember("set"); set(); }
        return { onVerdict(verdict) { api.send(verdict); }, onTimer() { api.log("due"); ${isRepeated ? "" : "set();"} } };
      }`,
    );
    const events: SimulationEvent[] = [];
    const { recording, model } = long;
    const given = { recording, model, script, config: { ...config, app: { limits } } };
    await simulate({ ...given, onEvent: (event) => events.push(event) });
    t.deepEqual(
      events.filter(({ event }) => event === "script failed"),
      [],
    );
    const due = events.filter(({ event }) => event === "log").length;
    // A handler has its turn after a window that is under way, and then sets the next one.
    const most = (hours * 3600) / seconds;
    t.true(due > 0.8 * most && due <= most + 1, `${due} of ${most}`);
  });
