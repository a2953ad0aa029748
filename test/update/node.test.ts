// Slow: runs the whole node many times
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { readPackage } from "../../device/codec/package.js";
import type { NodeConfig } from "../../device/config.js";
import { encodeCommand, ports } from "../../device/codec/codec.js";
import { decodeSettings, encodeSettings } from "../../device/codec/settings.js";
import { encodeFragmentRequest } from "../../device/codec/fragments.js";
import type { SettingsReport } from "../../device/codec/settingsreport.js";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { crc32 } from "../../device/flash/crc32.js";
import type { ReceivedUpdateStatus } from "../../device/codec/update.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { describeSettings, mergeSettings } from "../../host-tools/script/settingsView.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { soilModel } from "../device/helpers/model.js";
import { writeWetToDry } from "../device/helpers/wetToDry.js";
import { setupFor } from "../fragments/rig.js";
import { keys, makePackage } from "./rig.js";

const { folder, recording, model } = writeWetToDry("update");
const { config } = checkConfig({
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
});

/** The smallest payload of EU868's data rates. */
const room = 51;

function script(name: string, text: string): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "app.ts"), text);
  return place;
}

const packed = (sequence: number, what: { script?: string; model?: string }) =>
  pack({ config, key: keys.privateKey, sequence, version: sequence, name: "test", ...what });

/** A day on which packages come, each after so many seconds. */
async function day(packages: readonly [at: number, bytes: Uint8Array][], options = {}): Promise<SimulationEvent[]> {
  const events: SimulationEvent[] = [];
  const downlinks = packages.flatMap(([at, bytes]) =>
    encodePackageParts(bytes, room).map((payload) => ({ at, port: 22, payload })),
  );
  await simulate({ recording, config, model, downlinks, ...options, onEvent: (event) => events.push(event) });
  return events;
}

const statuses = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" && !event.duplicate ? [said(event.payload)] : [],
  );
const said = ({ subject, event, reason }: ReceivedUpdateStatus): string => `${subject} ${event}: ${reason}`;
const logs = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "log" ? [event.text] : []));

test("a script comes by downlinks, proves itself and is confirmed; a bad one is taken back by itself, and said", async (t) => {
  const good = script("good", `export default (api: any) => ({ onVerdict() { api.log("good"); } });`);
  const bad = script("bad", `export default () => { throw new Error("no"); };`);
  const events = await day([
    [600, await packed(5, { script: good })],
    [5400, await packed(6, { script: bad })],
  ]);
  t.deepEqual(statuses(events), [
    "5 accepted: none",
    "5 confirmed: none",
    "6 accepted: none",
    "6 taken back: script failed",
  ]);
  t.true(logs(events).length > 3);
  t.true(logs(events).every((text) => text === "good"));
  t.is(events.filter(({ event }) => event === "window").length, 12);
});

test("parts of a package between which fragments of another begin: said as interrupted, once, and nothing is mixed", async (t) => {
  const bytes = await packed(5, { script: script("parts", `export default () => ({ onVerdict() {} });`) });
  const parts = encodePackageParts(bytes, room).map((payload) => ({ port: 22, payload }));
  // Of the same length, so that only the session tells them apart.
  const setup = encodeFragmentRequest({ command: "setup", setup: { ...setupFor(bytes, 40), isAcknowledged: false } });
  const fragment = encodeFragmentRequest({ command: "fragment", index: 0, number: 1, data: bytes.slice(0, 40) });
  const begin = { port: 201, payload: setup };
  const last = { port: 201, payload: fragment };
  for (const [what, sent] of [
    ["no more parts come", [...parts.slice(0, 2), begin, last]],
    ["the others come", [...parts.slice(0, 2), begin, ...parts.slice(2), last]],
  ] as const) {
    const events: SimulationEvent[] = [];
    const downlinks = sent.map((downlink) => ({ at: 600, ...downlink }));
    await simulate({ recording, config, model, downlinks, onEvent: (event) => events.push(event) });
    t.deepEqual(statuses(events), ["0 refused: interrupted"], what);
  }
});

/** A day with a package that is there when it begins, as after its last byte has come. */
async function dayWith(name: string, bytes: Uint8Array, with_ = config): Promise<SimulationEvent[]> {
  const file = path.join(folder, `${name}.lpk`);
  writeFileSync(file, bytes);
  const events: SimulationEvent[] = [];
  const options = { recording, config: with_, model, script: file };
  await simulate({ ...options, onEvent: (event) => events.push(event) });
  return events;
}

test("a strike between two windows counts against the later one, over the deep sleep between", async (t) => {
  const text = `export default (api: any) => {
    const once = (name: string) => api.load(name) === "" && (api.store(name, "1"), true);
    if (once("a")) api.setTimer("t", 400);
    return {
      onVerdict(verdict: any) { if (once("b")) throw 1; api.send(verdict); },
      onTimer() { api.sendText("timer"); throw 2; },
    };
  };`;
  const events = await dayWith("struck", await packed(5, { script: script("struck", text) }));
  const names = events.flatMap((event) =>
    event.event === "update"
      ? [event.what]
      : ["window", "script failed", "sleep"].includes(event.event)
        ? [event.event]
        : [],
  );
  const seen = names.slice(0, names.indexOf("confirmed")).filter((name) => name !== "sleep");
  // Confirmed by the third window, before its own line.
  t.deepEqual(seen, ["accepted", "script failed", "window", "script failed", "window"]);
  t.true(names.slice(names.lastIndexOf("script failed"), names.indexOf("confirmed")).includes("sleep"));
});

/** A network that knows `normal` only, and its normalizer, for a node with these names. */
function network(name: string, names: Pick<NodeConfig, "classes">): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  const made = soilModel(config);
  const count = made.normalizer.length / 8 - 1;
  const floats = new Float32Array(made.normalizer.slice().buffer, 8);
  writeFileSync(path.join(place, "model.tflite"), made.model);
  writeFileSync(
    path.join(place, "normalizer.bin"),
    encodeNormalizer(
      // Soil is taken for 100 % wetter than it is.
      Array.from(floats.subarray(0, count), (mean) => (mean === 25 ? mean - 100 : mean)),
      floats.subarray(count),
      { features: featureLayout(config).names, classes: names.classes },
    ),
  );
  return path.join(place, "model.tflite");
}

/** A package's sections, changed, and signed again. */
async function repacked(
  change: (sections: Record<string, Uint8Array>) => Record<string, Uint8Array>,
): Promise<Uint8Array> {
  const { sections, sequence } = readPackage(await packed(8, { model: network("good", config) }));
  return makePackage(config, sequence, change(sections));
}

test("a script that was confirmed and once cannot be started has a strike, and goes on", async (t) => {
  const place = script(
    "once",
    `export default (api: any) => {
      const starts = Number(api.load("starts")) + 1;
      api.store("starts", String(starts));
      if (starts === 4) throw new Error("once");
      return { onVerdict() { api.log("good"); } };
    };`,
  );
  const events = await dayWith("once", await packed(5, { script: place }));
  t.deepEqual(statuses(events), ["5 accepted: none", "5 confirmed: none"]);
  const after = events.slice(events.findIndex(({ event }) => event === "script failed") + 1);
  t.is(events.filter(({ event }) => event === "script failed").length, 1);
  t.true(logs(after).includes("good"));
});

test("loam simulate --script PACKAGE: the node checks it, and runs it from its first window on", async (t) => {
  const place = script("staged", `export default (api: any) => ({ onVerdict() { api.log("staged"); } });`);
  const events = await dayWith("staged", await packed(5, { script: place }));
  t.deepEqual(statuses(events), ["5 accepted: none", "5 confirmed: none"]);
  const acted = events.filter(
    (event) =>
      (event.event === "verdict" && event.decided === "act") ||
      (event.event === "decision" && event.outcome === "acted"),
  );
  t.is(logs(events).length, acted.length);
  const damaged = Uint8Array.from(await packed(5, { script: place }));
  damaged[60]! ^= 1;
  const refused = await dayWith("damaged", damaged);
  t.deepEqual(statuses(refused), ["0 refused: bad signature"]);
  t.deepEqual(logs(refused), []);
});

test("a network with its normalizer and test vectors: checked by the engine, in place in flash, and in force", async (t) => {
  const events = await dayWith("model", await packed(7, { model: network("wetter", config) }));
  t.deepEqual(statuses(events), ["7 accepted: none", "7 confirmed: none"]);
  const names = new Set(events.flatMap((event) => (event.event === "verdict" ? [event.name] : [])));
  t.deepEqual([...names], ["normal"], "even where it is dry");
});

test("a network that is bad, too large, of other names, or computes otherwise is refused, each with its own code", async (t) => {
  const reversed = { classes: config.classes.toReversed() };
  // Enough for the firmware's network, and not for the example's.
  const small = { ...config, model: { arenaBytes: 3072 } };
  for (const [name, bytes, reason, node] of [
    [
      "names",
      await repacked((sections) => ({
        ...sections,
        normalizer: readFileSync(path.join(path.dirname(network("reversed", reversed)), "normalizer.bin")),
      })),
      "other names",
    ],
    [
      "flipped",
      await repacked(({ model: bytes, ...others }) => ({ ...others, model: bytes!.slice(0, -100) })),
      "model refused",
    ],
    [
      "vectors",
      await repacked(({ vectors, ...others }) => {
        const changed = Uint8Array.from(vectors!);
        changed[changed.length - 1]! ^= 1;
        return { ...others, vectors: changed };
      }),
      "test vectors differ",
    ],
    ["vectorless", await repacked((sections) => ({ ...sections, vectors: Uint8Array.of(0) })), "malformed"],
    ["arena", await packed(8, { model: path.join(loamRoot, "device/model/model.tflite") }), "arena too small", small],
  ] as const) {
    const events = await dayWith(name, bytes, node);
    // Of what is malformed the sequence is not believed.
    t.deepEqual(statuses(events), [`${reason === "malformed" ? 0 : 8} refused: ${reason}`], name);
  }
});

test("settings by one small signed package: in force after it, and reported by sequence and checksum", async (t) => {
  const settings = encodeSettings({
    threshold: 1,
    classes: { [config.classes.indexOf("normal")]: "wet" },
    offsets: { 0: 5 },
  });
  const events = await day([[600, makePackage(config, 9, { settings })]]);
  t.deepEqual(statuses(events), ["9 accepted: none", "9 confirmed: none"]);
  const reported = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" ? [event.payload] : [],
  );
  t.deepEqual(
    reported.map((status) => [status.settings?.sequence, status.settingsHash]),
    reported.map(() => [9, crc32(settings)]),
  );
  const verdicts = events.flatMap((event) => (event.event === "verdict" ? [event] : []));
  t.is(verdicts[0]!.name, "normal");
  t.true(verdicts.some(({ name }) => name === "wet"));
  t.true(verdicts.slice(3).every(({ decided }) => decided === "defer"));
  // After the change, and not again.
  const [first, ...others] = settingsReports(events);
  t.deepEqual(others, []);
  t.deepEqual(
    describeSettings(first!.known, config, { sequence: 9, settings: decodeSettings(settings) }).filter((line) =>
      /^(threshold|offsets.soil|classes.normal|limits.seconds)|differs|not reported/.test(line),
    ),
    ["threshold 1", "limits.seconds 0.5", `offsets.soil 5 ${config.sensors[0]!.unit}`, "classes.normal wet"],
  );
  t.true(
    describeSettings(first!.known, config, undefined).includes(
      `threshold 1: differs, the description says ${config.policy.threshold}`,
    ),
  );
});

for (const [region, dataRate, most] of [
  ["EU868", 0, 51],
  ["US915", 0, 11],
] as const)
  test(`settings are reported on demand, in as many uplinks as they take: ${region}, DR${dataRate}`, async (t) => {
    const { decisionSeconds } = config.policy;
    const asked = {
      ...config,
      policy: { threshold: 0.625, decisionSeconds },
      radio: { ...config.radio, region, dataRate, adr: false },
    };
    const downlinks = [{ at: 1200, port: ports.command, payload: encodeCommand("report settings") }];
    const events = await day([], { config: asked, downlinks });
    const [report, ...others] = settingsReports(events);
    t.deepEqual(others, []);
    t.true(report!.payloads > 1 && report!.bytes <= most, `${report!.payloads} of ${report!.bytes} bytes`);
    const lines = describeSettings(report!.known, asked, undefined);
    t.deepEqual(
      lines.filter((line) => /differs|not reported|hash/.test(line)),
      [],
    );
    t.true(lines.includes("threshold 0.625"));
    // It is asked for in the middle of the day: other payloads go on.
    t.true(events.some(({ event, time }) => event === "uplink" && time > events[0]!.time + 7200));
  });

test("at the slowest data rates what is in force comes in uplinks of its own: US915, DR0", async (t) => {
  const slow = { ...config, radio: { ...config.radio, region: "US915" as const, dataRate: 0, adr: false } };
  const head = { config: slow, key: keys.privateKey, sequence: 1_795_920_521, version: 3, name: "slow" };
  const events = await dayWith("slow", await pack({ ...head, settings: { threshold: 1 } }), slow);
  const heard = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" && !event.duplicate ? [event] : [],
  );
  t.true(
    heard.every((event) => event.bytes === 11),
    heard.map((event) => event.bytes).join(),
  );
  const told = heard.flatMap(({ payload }) => (payload.kind === "update" ? [payload] : []));
  t.deepEqual(
    told.filter(({ part }) => !part).map(({ event }) => event),
    ["accepted", "confirmed"],
  );
  for (const [part, sequence] of [
    ["script", 0],
    ["model", 0],
    ["settings", 1_795_920_521],
  ] as const)
    t.deepEqual(
      told.filter((status) => status.part === part).map((status) => status[part]),
      [{ sequence }, { sequence }],
    );
});

interface Reported {
  payloads: number;
  bytes: number;
  known: SettingsReport;
}

/** The reports of settings, each of one or more payloads in a row. */
function settingsReports(events: SimulationEvent[]): Reported[] {
  const reports: Reported[] = [];
  for (const event of events) {
    if (event.event !== "uplink" || event.payload.kind !== "settings" || event.duplicate) continue;
    const { payload, bytes } = event;
    const last = reports.at(-1);
    // Each value comes once.
    if (last?.known.report === payload.report && last.known.classes?.[config.classes.length - 1] === undefined) {
      last.known = mergeSettings(last.known, payload);
      last.payloads++;
      last.bytes = Math.max(last.bytes, bytes);
    } else reports.push({ payloads: 1, bytes, known: payload });
  }
  return reports;
}
