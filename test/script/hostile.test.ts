// Slow: runs the whole node with a hundred scripts
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { machineScripts, type Hostile } from "./hostile.js";
import { apiScripts } from "./hostileApi.js";

/** Three strikes, and a window for the script that takes over. */
const perRun = 3;
const windows = perRun + 1;

const folder = path.join(buildRoot, "test", `hostile-scripts-${process.pid}`);
const example = exampleNode();
/** Rules that switch nothing, so that the firmware's own script does what the good one does. */
const config = { ...example, app: { limits: { bytes: 24576 } } };
// Wet, dry, and again.
const day = quietDay(config, windows, (window) => [40, 10, 41, 9][window]!);
const { recording, model } = writeSoilDay(folder, config, day);

async function run(name: string, text: string): Promise<SimulationEvent[]> {
  const script = path.join(folder, name);
  mkdirSync(script, { recursive: true });
  writeFileSync(path.join(script, "app.js"), text);
  const events: SimulationEvent[] = [];
  await simulate({ recording, config, model, script, onEvent: (event) => events.push(event) });
  return events;
}

/** What the node has judged, and what the cloud has of it. */
function fruitOf(events: SimulationEvent[]): object {
  const verdicts = events.flatMap((event) =>
    event.event === "verdict" ? [[event.name, event.confidence, event.decided]] : [],
  );
  const uplinks = events.flatMap((event) => {
    if (event.event !== "uplink" || event.duplicate) return [];
    // The first window begins when the script has been started, or stopped.
    const time = Math.floor(event.payload.time / 10);
    const payload = { ...event.payload, sequence: 0, time };
    return payload.kind === "report" || payload.kind === "deferral" ? [payload] : [];
  });
  // A script may send a verdict again, within its quota.
  const first = uplinks.filter((payload, at) => uplinks.findIndex(({ time }) => time === payload.time) === at);
  return { verdicts, uplinks: first };
}

const failuresOf = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "script failed" ? [event.failure] : []));

const good = `export default (api) => ({ onVerdict(verdict) { api.send(verdict); } });`;

/** Each verdict is reported, and then the next of these runs. */
const taking = (bodies: readonly string[]): string => `
${bodies.map((body, at) => `function run${at}(api, ask, verdict) { return (() => { ${body} })(); }`).join("\n")}
const all = [${bodies.map((_, at) => `run${at}`).join(", ")}];
export default (api) => ({
  onVerdict(verdict) {
    const turn = Number(api.recall());
    api.remember(String(turn + 1));
    api.send(verdict);
    return String(all[turn]?.(api, (question) => api.log(question), verdict));
  },
});`;

/** Of a script of the machine's table: what is in its braces. */
const bodyOf = (text: string): string | undefined => /^export default \(ask\) => \{(.*)\}$/s.exec(text)?.[1];

/** Those that need all of the machine's memory, or ask more than once, are for the machine alone. */
const tooLarge = new Set(["15 KB kept", "20 KB in turn", "20 levels", "a long question"]);
/** Syntax that the language does not have, which is refused before (test/script/refusals.test.ts). */
const refused = new Set(["a growing number"]);
/** Classes that the language does not have, by names that no check before sees: a script does not find them. */
const missing = /\b(Proxy|FinalizationRegistry|Atomics|SharedArrayBuffer)\b/g;
const byName = ([name, code, outcome]: Hostile): Hostile => [
  name,
  code.replaceAll(missing, `globalThis["$1"]`),
  code.search(missing) < 0 ? outcome : "exception",
];
const bodies: Hostile[] = [
  ...machineScripts.flatMap(([name, text, outcome]): Hostile[] => {
    const body = bodyOf(text);
    return body === undefined || tooLarge.has(name) || refused.has(name) || outcome === "ok"
      ? []
      : [[name, body, outcome]];
  }),
  ...apiScripts,
].map(byName);
const starts: Hostile[] = [
  ["loops", `for (;;); export default () => 1`, "time"],
  ["grows", `const a = []; for (;;) a.push({}); export default () => 1`, "memory"],
  ["recurses", `const f = () => f() + 1; f(); export default () => 1`, "stack"],
  ["no function", `export default 1`, "exception"],
  ["no handler", `export default () => ({})`, "exception"],
  ["a handler that is a getter", `export default () => ({ get onVerdict() { throw 1 } })`, "exception"],
  ["a version that loops", `export default () => ({ onVerdict() {}, get version() { for (;;); } })`, "time"],
  ["throws", `throw null; export default () => 1`, "exception"],
];

test("a hundred hostile scripts: the node judges and sends as with a good one, and counts each failure", async (t) => {
  t.true(bodies.length + starts.length >= 100, `${bodies.length + starts.length}`);
  const expected = fruitOf(await run("good", good));
  t.is((expected as { uplinks: unknown[] }).uplinks.length, windows);
  const groups = Array.from({ length: Math.ceil(bodies.length / perRun) }, (_, at) =>
    bodies.slice(perRun * at, perRun * (at + 1)),
  );
  for (const [at, group] of groups.entries()) {
    const names = group.map(([name]) => name).join(", ");
    const events = await run(`group-${at}`, taking(group.map(([, code]) => code)));
    const failures = failuresOf(events);
    t.deepEqual(fruitOf(events), expected, `${names}: ${failures.join(", ")}`);
    let next = 0;
    for (const [name, , outcome] of group) {
      const outcomes = [outcome].flat() as string[];
      const failed = failures[next];
      if (failed !== undefined && outcomes.includes(failed)) next++;
      else t.true(outcomes.includes("ok"), `${name}: ${failures.join(", ")}`);
    }
    t.is(next, failures.length, `${names}: ${failures.join(", ")}`);
    t.is(
      events.some(({ event }) => event === "script replaced"),
      failures.length === perRun,
      names,
    );
  }
  for (const [name, text, outcome] of starts) {
    const events = await run(`start ${name}`, text);
    t.deepEqual(fruitOf(events), expected, name);
    t.deepEqual(failuresOf(events), [outcome, outcome, outcome], name);
    t.true(
      events.some(({ event }) => event === "script replaced"),
      name,
    );
  }
});
