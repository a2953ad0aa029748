// Slow: runs the whole node many times
/** Limits of the node description, and those of settings in a package, are what the app script meets. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import type { NodeConfig } from "../../device/config.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { logs } from "../script/day.js";
import { quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { config as example, writeWetToDry } from "../device/helpers/wetToDry.js";
import { keys } from "./rig.js";

const { folder, ...wetToDry } = writeWetToDry("limits");
/** Two windows, both dry. */
const dry = writeSoilDay(
  path.join(folder, "dry"),
  example,
  quietDay(example, 2, () => 10),
);
const config: NodeConfig = { ...example, updates: { publicKey: publicKeyOf(keys.privateKey) } };
type Limits = NonNullable<NodeConfig["app"]["limits"]>;

function script(name: string, text: string): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "app.js"), text);
  return place;
}

/** A day with packages, each after so many seconds. */
async function day(
  given: NodeConfig,
  place?: string,
  { recorded = dry, packages = [] as readonly [at: number, bytes: Uint8Array][] } = {},
): Promise<SimulationEvent[]> {
  const events: SimulationEvent[] = [];
  const downlinks = packages.flatMap(([at, bytes]) =>
    encodePackageParts(bytes, 51).map((payload) => ({ at, port: 22, payload })),
  );
  const options = { ...recorded, config: given, downlinks, ...(place !== undefined && { script: place }) };
  await simulate({ ...options, onEvent: (event) => events.push(event) });
  return events;
}

/** For each limit, a script that logs where it meets it, and its name in the outcome of what goes beyond. */
const counting = (act: string): string => `export default (api) => ({
  onVerdict() {
    let count = 0;
    try { for (let i = 0; i < 150; i++) { ${act}; count++; } } catch (error) { api.log(error.name + " " + count); return; }
    api.log("none " + count);
  },
})`;
const limited: [limits: Limits, act: string, said: string][] = [
  // The eighth switches off, which is never refused.
  [{ actuationsPerHour: 7 }, `api.actuate("valve", i % 2 === 0)`, "QuotaError 8"],
  [{ uplinksPerDay: 5 }, `api.sendValues([i])`, "QuotaError 5"],
  [{ uplinksPerDay: 0 }, `api.sendValues([i])`, "QuotaError 0"],
  [{ storageBytes: 100 }, `api.store("k", "x".repeat(10 * (i + 1)))`, "RangeError 9"],
  [{ storageBytes: 0 }, `api.store("k", String(i))`, "RangeError 0"],
];

/** A day with a package of a script and settings, in force from its first window on. */
async function dayWith(name: string, limits: Limits, given: NodeConfig, place: string): Promise<SimulationEvent[]> {
  const what = { script: place, settings: { limits } };
  const file = path.join(folder, `${name}.lpk`);
  writeFileSync(file, await pack({ config, key: keys.privateKey, sequence: 9, version: 9, name: "limits", ...what }));
  return day(given, file);
}

for (const [limits, act, said] of limited)
  test(`limits in force, of the description and of settings: ${JSON.stringify(limits)}: ${said}`, async (t) => {
    const name = JSON.stringify(limits).replace(/\W/g, "");
    const place = script(name, counting(act));
    const own = logs(await day({ ...config, app: { ...config.app, limits } }, place));
    t.is(own[0], said);
    const events = await day(config, place);
    const [before] = logs(events);
    t.truthy(before, JSON.stringify(strikes(events)));
    t.not(before, said);
    t.is(logs(await dayWith(name, limits, config, place))[0], said);
  });

const strikes = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "script failed" ? [event.failure] : []));

test("limits in force, of the description and of settings: calls, stack, bytes and seconds", async (t) => {
  for (const [name, body, small, large, failure] of [
    ["calls", `for (let i = 0; i < 100; i++) api.isOn("valve")`, { calls: 50 }, { calls: 150 }, "quota"],
    ["stack", `const f = (n) => (n > 0 ? f(n - 1) + 1 : 0); f(40)`, { stack: 192 }, { stack: 2048 }, "stack"],
    [
      "bytes",
      `const all = []; for (let i = 0; i < 1500; i++) all.push({ i })`,
      { bytes: 16384 },
      { bytes: 131072 },
      "memory",
    ],
    ["seconds", `let x = 0; for (let i = 0; i < 3e5; i++) x += i`, { seconds: 0.05 }, { seconds: 5 }, "time"],
  ] as const) {
    const place = script(name, `export default (api) => ({ onVerdict() { ${body}; api.log("done"); } })`);
    const withLimits = (limits: Limits): NodeConfig => ({ ...config, app: { ...config.app, limits } });
    const fits = await day(withLimits(large), place);
    t.deepEqual([logs(fits)[0], strikes(fits)], ["done", []], name);
    const stopped = await day(withLimits(small), place);
    t.is(strikes(stopped)[0], failure, name);
    t.false(logs(stopped).includes("done"), name);
    const changed = await dayWith(name, small, withLimits(large), place);
    t.is(strikes(changed)[0], failure, name);
  }
});

test("a script that was confirmed and has three strikes of its quotas: its predecessor takes over", async (t) => {
  const packed = (sequence: number, name: string, text: string) =>
    pack({ config, key: keys.privateKey, sequence, version: sequence, name, script: script(name, text) });
  const good = await packed(5, "predecessor", `export default (api) => ({ onVerdict() { api.log("good"); } })`);
  const bad = await packed(
    6,
    "flooding",
    `export default (api) => {
      const starts = Number(api.load("starts")) + 1;
      api.store("starts", String(starts));
      return { onVerdict() { api.log("bad " + starts); if (starts > 2) for (;;) api.sendValues([1]); } };
    }`,
  );
  const events = await day({ ...config, app: { ...config.app, limits: { uplinksPerDay: 4 } } }, undefined, {
    recorded: wetToDry,
    packages: [
      [600, good],
      [2400, bad],
    ],
  });
  const said = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" && !event.duplicate
      ? [`${event.payload.subject} ${event.payload.event}: ${event.payload.reason}`]
      : [],
  );
  t.deepEqual(said, [
    "5 accepted: none",
    "5 confirmed: none",
    "6 accepted: none",
    "6 confirmed: none",
    "6 taken back: script failed",
  ]);
  t.deepEqual(strikes(events), ["quota", "quota", "quota"]);
  const texts = logs(events);
  t.is(texts.at(-1), "good");
  t.is(events.filter(({ event }) => event === "window").length, 12);
});
