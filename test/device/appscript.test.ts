// Slow: runs the whole node many times
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "./helpers/day.js";
import { writeSoilDay } from "./helpers/soil.js";

const folder = path.join(buildRoot, "test", `appscript-${process.pid}`);
const config = exampleNode();
/** The attempts are a long text, and compartments take more memory here than on the chip. */
const roomy = { ...config, app: { ...config.app, limits: { bytes: 65536, stack: 1024 } } };
// Normal, then dry.
const day = quietDay(config, 2, (window) => (window === 0 ? 40 : 10));
const { recording, model } = writeSoilDay(folder, config, day);

/** Runs the day with an app script of these files; undefined: the firmware's own. */
async function run(name: string, files?: Record<string, string>): Promise<SimulationEvent[]> {
  const script = path.join(folder, name);
  for (const [file, text] of Object.entries(files ?? {})) {
    mkdirSync(path.dirname(path.join(script, file)), { recursive: true });
    writeFileSync(path.join(script, file), text);
  }
  const events: SimulationEvent[] = [];
  await simulate({ recording, config: roomy, model, ...(files && { script }), onEvent: (event) => events.push(event) });
  return events;
}

const actuations = (events: SimulationEvent[]) =>
  events.flatMap((event) => (event.event === "actuation" ? [[event.actuator, event.on]] : []));
const logs = (events: SimulationEvent[]) => events.flatMap((event) => (event.event === "log" ? [event.text] : []));

test("a different app script changes what the node does, and sees verdicts, features and config", async (t) => {
  t.deepEqual(actuations(await run("own")), [
    ["valve", true],
    ["pump", true],
  ]);
  const events = await run("other", {
    "app.ts": `import { wanted } from "./lib/wanted.js";
      export default (api: any) => {
        api.log(JSON.stringify([api.classes.length, api.actuators, api.featureNames[0], Object.keys(api.config)]));
        return { onVerdict(verdict: any) { api.log(verdict.name + " " + api.features("soil.mean").length + " " + Math.round(api.features("soil.mean")[0])); api.actuate(wanted, true); } };
      };`,
    "lib/wanted.ts": `export const wanted = "alarm";`,
  });
  t.deepEqual(actuations(events), [["alarm", true]]);
  // It begins anew after each sleep.
  const started = JSON.stringify([6, ["valve", "pump", "alarm"], "soil.mean", ["rules"]]);
  t.deepEqual(logs(events), [started, "normal 15 40", started, "dry 15 10"]);
  t.is(events.filter((event) => event.event === "uplink").length, 0, "it sends nothing unless it says so");
});

/** Ways out of the sandbox that a script may try, past what is refused before it runs; each must fail, and reports how. import(): test/script/language.test.ts. */
const attempts: Record<string, string> = {
  "global names": `["trace", "native", "Native", "screen", "device", "harden", "lockdown", "require", "process"].filter((name) => name in globalThis).join()`,
  Function: `globalThis["Function"]("return typeof native")()`,
  "a function's constructor": `(() => {}).constructor("return typeof native")()`,
  "an API function's constructor": `api.log.constructor("return typeof native")()`,
  "an async function's constructor": `(async () => {}).constructor("return typeof native")`,
  "a generator's constructor": `(function* () {}).constructor("return typeof native")`,
  eval: `(0, globalThis["eval"])("typeof native")`,
  "a compartment's global": `new globalThis["Compartment"]({}).globalThis.native`,
  "a compartment of the firmware's modules": `new globalThis["Compartment"]({ modules: { flash: { source: "flash" } } }).importNow("flash").default`,
  "a compartment's constructor": `new (Object.getPrototypeOf(new globalThis["Compartment"]({})).constructor)({ modules: { flash: { source: "flash" } } }).importNow("flash").default`,
  "changing a built-in": `(Array.prototype.push = () => 1, [].push(5, 6) === 1 ? "changed" : "not changed")`,
  "changing the API": `(api.log = 1, "changed")`,
  "changing the config": `(api.config.rules.dry = 1, "changed")`,
  "changing the verdict": `(verdict.name = "leak", "changed")`,
  "the constructor of what the API returns": `api.features("soil.mean").constructor.constructor("return typeof native")()`,
  "an actuator that is not the node's": `api.actuate("rocket", true)`,
  "the stack of an error": `typeof new Error().constructor.prepareStackTrace`,
};

test("an app script reaches nothing but its API", async (t) => {
  const tries = Object.entries(attempts).map(([name, code]) => `attempt(${JSON.stringify(name)}, () => ${code});`);
  const events = await run("escape", {
    "app.js": `export default (api) => ({ onVerdict(verdict) {
      const attempt = (name, run) => { let result; try { result = String(run()); } catch (error) { result = "threw " + error; } api.log(name + ": " + result); };
      ${tries.join("\n")}
    } });`,
  });
  const results = new Map(
    logs(events).map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
  for (const name of Object.keys(attempts)) {
    const result = results.get(name);
    t.truthy(result !== undefined, `${name}: no result`);
    t.true(
      result === "" || result === "undefined" || result === "not changed" || result!.startsWith("threw "),
      `${name}: ${result}`,
    );
  }
  t.deepEqual(actuations(events), []);
});

test("an app script that throws, at its start or later, does not stop the node", async (t) => {
  for (const [name, code] of [
    ["start", `export default () => { throw new Error("no mood"); };`],
    ["later", `export default () => ({ onVerdict() { throw new Error("no mood"); } });`],
    ["nothing", `export const x = 1;`],
    ["no handler", `export default () => ({});`],
  ] as const) {
    const events = await run(name, { "app.js": code });
    t.is(events.filter((event) => event.event === "verdict").length, 2, name);
    t.true(
      events.some((event) => event.event === "script failed"),
      name,
    );
  }
});

test("a thrown value whose toString throws does not stop the node", async (t) => {
  const none = "(what was thrown has no text)";
  for (const [name, thrown, text] of [
    ["toString throws", `{ toString() { throw new Error("no text"); } }`, none],
    ["toString gives an object", `{ toString: () => ({}), valueOf: () => ({}) }`, none],
    ["no prototype", `Object.create(null)`, none],
    ["message throws", `Object.defineProperty(new Error(), "message", { get() { throw this; } })`, none],
    ["undefined", `undefined`, "undefined"],
    ["symbol", `Symbol("mood")`, "Symbol(mood)"],
  ] as const) {
    for (const [when, code] of [
      ["start", `export default () => { throw ${thrown}; };`],
      ["later", `export default () => ({ onVerdict() { throw ${thrown}; } });`],
    ] as const) {
      const events = await run(`${name} ${when}`, { "app.js": code });
      t.is(events.filter((event) => event.event === "verdict").length, 2, name);
      const texts = events.flatMap((event) => (event.event === "script failed" ? [event.error] : []));
      t.deepEqual(texts, [text, text], `${name}, ${when}`);
    }
  }
});

test("a bad app script folder is refused before the node starts", async (t) => {
  for (const [name, files, message] of [
    ["empty", {}, /no app script there: a folder with one of app.ts/],
    ["syntax", { "app.ts": "export default (\n" }, /app\.ts:\d+: /],
    [
      "outside",
      { "app.ts": `import "../other/app.js";` },
      /may import only from its own folder, not "\.\.\/other\/app\.js"/,
    ],
    [
      "node",
      { "app.ts": `import fs from "node:fs"; export default fs;` },
      /may import only from its own folder, not "node:fs"/,
    ],
    [
      "large",
      { "app.ts": `export default () => [${`"${"x".repeat(1000)}",`.repeat(188)}].join("");` },
      /the package of .*large has 18\d\d\d\d bytes, a node has room for 184320/,
    ],
  ] as const) {
    mkdirSync(path.join(folder, name), { recursive: true });
    await t.throwsAsync(run(name, files), { name: "UserError", message }, name);
  }
});
