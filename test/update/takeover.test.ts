// Slow: runs the whole node many times, and the watchdog resets it
/** What becomes of the predecessor that a bad package leaves: it has all its quotas, and none of the other's strikes. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { scriptDefaults, type NodeConfig } from "../../device/config.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { logs } from "../script/day.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "./rig.js";

const folder = path.join(buildRoot, "test", `takeover-${process.pid}`);
const example = exampleNode();
/** Without a gap between windows, so that there are many, and samples whenever the node begins anew. */
const config: NodeConfig = {
  ...example,
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  window: { ...example.window, everySeconds: example.window.seconds },
};
const dry = writeSoilDay(
  folder,
  config,
  quietDay(config, 80, () => 10),
);

let folders = 0;
async function packed(sequence: number, text?: string, settings?: object): Promise<Uint8Array> {
  const place = path.join(folder, String(++folders));
  mkdirSync(place, { recursive: true });
  if (text !== undefined) writeFileSync(path.join(place, "app.js"), text);
  const what = { ...(text !== undefined && { script: place }), ...(settings && { settings }) };
  return pack({ config, key: keys.privateKey, sequence, version: sequence, name: "takeover", ...what });
}

/** A day with these packages, each after so many seconds. */
async function day(
  packages: readonly [at: number, bytes: Uint8Array][],
  given: NodeConfig = config,
): Promise<SimulationEvent[]> {
  const events: SimulationEvent[] = [];
  const downlinks = packages.flatMap(([at, bytes]) =>
    encodePackageParts(bytes, 51).map((payload) => ({ at, port: 22, payload })),
  );
  await simulate({ ...dry, config: given, downlinks, restartOnCrash: true, onEvent: (event) => events.push(event) });
  return events;
}

const said = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) =>
    event.event === "update" && event.what !== "state" ? [`${event.subject} ${event.what}: ${event.reason}`] : [],
  );
const strikes = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "script failed" ? [`${event.failure} ${event.strikes}`] : []));

for (const [what, use, once] of [
  [
    "actuations",
    `for (;;) { api.actuate("valve", true); api.actuate("valve", false); }`,
    `api.actuate("valve", !api.isOn("valve"))`,
  ],
  [
    "writes of storage",
    `for (let i = 0; ; i++) api.store("a", i + " " + api.uptime());`,
    `api.store("a", String(api.uptime()))`,
  ],
] as const)
  test(`three strikes for ${what}: the predecessor takes over, and has all of its quota`, async (t) => {
    const good = await packed(
      5,
      `export default (api) => ({
        onVerdict(verdict) {
          try { ${once}; api.log("good"); } catch (error) { api.log(String(error)); }
          api.send(verdict);
        },
      })`,
    );
    // Confirmed first, so that three strikes, not one package on probation, bring the predecessor back.
    const greedy = await packed(
      6,
      `export default (api) => ({
        onVerdict(verdict) {
          const count = Number(api.recall()) + 1;
          api.remember(String(count));
          if (count > 4) { ${use} }
          api.send(verdict);
        },
      })`,
    );
    const events = await day([
      [100, good],
      [700, greedy],
    ]);
    t.deepEqual(said(events), [
      "5 accepted: none",
      "5 confirmed: none",
      "6 accepted: none",
      "6 confirmed: none",
      "6 taken back: script failed",
    ]);
    t.deepEqual(strikes(events), ["quota 1", "quota 2", "quota 3"]);
    const after = logs(events.slice(events.findLastIndex(({ event }) => event === "script failed")));
    t.true(after.length > 20);
    // Of its own it may use up 24 writes.
    t.deepEqual([...new Set(after.slice(0, 20))], ["good"]);
  });

test("crashes take a package on probation back: none of them is a strike of its predecessor", async (t) => {
  // The meter stops no call before the watchdog ends the program.
  const hanging = { ...config, app: { ...config.app, limits: { ...scriptDefaults, seconds: 60 } } };
  // The first window is not always fit for a verdict: the node begins anew within it.
  const text = (act: string) => `export default (api) => ({
    onVerdict(verdict) { ${act} api.log("good"); api.send(verdict); },
    onUnfit() { ${act} },
  })`;
  const events = await day(
    [
      // It has a strike of its own after the other has gone.
      [
        100,
        await packed(5, text(`if (api.load("gone") === "1") { api.store("gone", "2"); throw new Error("once"); }`)),
      ],
      [700, await packed(6, text(`api.store("gone", "1"); for (;;);`))],
    ],
    hanging,
  );
  t.deepEqual(said(events), [
    "5 accepted: none",
    "5 confirmed: none",
    "6 accepted: none",
    "6 taken back: failed starts",
  ]);
  t.is(events.filter(({ event }) => event === "restarted").length, 2);
  // The second is counted no more: its script is not in force.
  t.deepEqual(strikes(events), ["crash 1", "crash 1", "exception 1"]);
  t.true(logs(events.slice(events.findLastIndex(({ event }) => event === "script failed"))).includes("good"));
});

test("settings under which a script fails three times go back alone: the script, which has proved itself, stays", async (t) => {
  const act = `for (let i = 0; i < 12; i++) api.isOn("valve");`;
  const text = `export default (api) => ({
    onVerdict(verdict) { ${act} api.log("good"); api.send(verdict); },
    onUnfit() { ${act} },
  })`;
  const events = await day([
    [100, await packed(5, text)],
    [700, await packed(6, undefined, { limits: { calls: 10 } })],
  ]);
  t.deepEqual(said(events), [
    "5 accepted: none",
    "5 confirmed: none",
    "6 accepted: none",
    "6 taken back: script failed",
  ]);
  t.deepEqual(strikes(events), ["quota 1", "quota 2", "quota 3"]);
  const last = events.findLastIndex(({ event }) => event === "script failed");
  t.true(logs(events.slice(last)).filter((line) => line === "good").length > 3);
});
