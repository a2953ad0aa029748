// Slow: the watchdog resets a whole node again and again
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { scriptDefaults } from "../../device/config.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilModel } from "../device/helpers/soil.js";
import { keys } from "./rig.js";

const folder = path.join(buildRoot, "test", `crash-${process.pid}`);
const example = exampleNode();
const config = {
  ...example,
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  // Without a gap, so that there are samples whenever the node begins anew.
  window: { ...example.window, everySeconds: example.window.seconds },
  // The meter stops no call before the watchdog, after 20 s, ends the program: so it is with a loop of XS in C that asks no meter.
  app: { ...example.app, limits: { ...scriptDefaults, seconds: 60 } },
};
const model = writeSoilModel(folder, config);
const recording = path.join(folder, "day.csv");
writeFileSync(
  recording,
  quietDay(config, 120, (window) => (Math.floor(window / 4) % 2 ? 20 : 40)),
);

async function packed(sequence: number, text: string): Promise<Uint8Array> {
  const script = path.join(folder, String(sequence));
  mkdirSync(script, { recursive: true });
  writeFileSync(path.join(script, "app.ts"), text);
  return pack({ config, key: keys.privateKey, sequence, version: sequence, name: "test", script });
}

test("a script in whose calls the node is reset three times gives way to its predecessor; verdicts and uplinks go on", async (t) => {
  t.timeout(900_000);
  const good = `export default (api: any) => ({ onVerdict(verdict: any) { api.log("good"); api.send(verdict); }, onTimer(name: any) { api.log("timer " + name); } });`;
  const hanging = `export default (api: any) => ({ onVerdict(verdict: any) {
    const count = Number(api.load("verdicts")) + 1;
    api.store("verdicts", String(count));
    api.log("hanging " + count);
    api.setTimer("bad", 100, true);
    if (count > 3) for (;;);
    api.send(verdict);
  } });`;
  const packages = [
    [100, await packed(5, good)],
    [1000, await packed(6, hanging)],
  ] as const;
  const downlinks = packages.flatMap(([at, bytes]) =>
    encodePackageParts(bytes, 51).map((payload) => ({ at, port: 22, payload })),
  );
  const events: SimulationEvent[] = [];
  await simulate({
    recording,
    config,
    model,
    downlinks,
    restartOnCrash: true,
    onEvent: (event) => events.push(event),
  });
  const updates = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" && event.payload.event !== "state" && !event.duplicate
      ? [`${event.payload.subject} ${event.payload.event}: ${event.payload.reason}`]
      : [],
  );
  t.deepEqual(updates, [
    "5 accepted: none",
    "5 confirmed: none",
    "6 accepted: none",
    "6 confirmed: none",
    "6 taken back: script failed",
  ]);
  const crashes = events.filter(({ event }) => event === "restarted");
  t.is(crashes.length, 3);
  const failures = events.flatMap((event) =>
    event.event === "script failed" ? [`${event.failure} ${event.strikes}`] : [],
  );
  t.deepEqual(failures, ["crash 1", "crash 2", "crash 3"]);
  const reported = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "fault" && !event.duplicate ? event.payload.faults : [],
  );
  // What was counted before a reset is in memory until it is reported: the last one is.
  t.true(reported.some(({ kind, cause }) => kind === "script failed" && cause === "crash"));
  const last = events.findLastIndex((event) => event.event === "script failed");
  const after = events.slice(last);
  t.true(after.some((event) => event.event === "log" && event.text === "good"));
  t.false(after.some((event) => event.event === "log" && event.text.startsWith("hanging")));
  // Its timers were in memory that a reset leaves as it is: the predecessor gets none of them.
  t.false(after.some((event) => event.event === "log" && event.text.startsWith("timer")));
  t.true(last < events.length - 10 && events.at(-1)!.time > events[last]!.time + 300);
  t.true(after.some(({ event }) => event === "verdict"));
  t.true(after.some((event) => event.event === "uplink" && event.payload.kind === "report"));
});
