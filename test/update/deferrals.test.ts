// Slow: runs the whole node for a day, twice
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { ports, type UplinkPayload } from "../../device/codec/codec.js";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { fittingDoubts } from "../../host-tools/doubts/fitting.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack, packRollback } from "../../host-tools/script/pack.js";
import { checkCloudConfig } from "../../host-tools/service/config.js";
import { readNetworks } from "../../host-tools/service/nodeNetworks.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { listDoubts } from "../../host-tools/store/doubts.js";
import { findNode } from "../../host-tools/store/fleet.js";
import { takeUplink } from "../../host-tools/store/intake.js";
import { storeNetwork } from "../../host-tools/store/networks.js";
import { openStore, type Store } from "../../host-tools/store/store.js";
import { soilModel } from "../device/helpers/model.js";
import { windows, writeWetToDry } from "../device/helpers/wetToDry.js";
import { keys } from "./rig.js";

const { folder, recording, model: own } = writeWetToDry("update-deferrals");
// Not sure of anything: every window is deferred.
const { config } = checkConfig({
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  policy: { threshold: 1, decisionSeconds: 600 },
});
const { names } = featureLayout(config);
const soil = names.indexOf("soil.mean");
const { devEui } = config.radio;

/** The same layer with another normalizer: its int8 values mean other moistures. */
function otherNetwork(): string {
  const made = soilModel(config);
  const place = path.join(folder, "other");
  mkdirSync(place, { recursive: true });
  const of = (values: [soil: number, others: number]) => names.map((_, i) => values[i === soil ? 0 : 1]);
  const normalizer = encodeNormalizer(of([30, 0]), of([8, 1000]), { features: names, classes: config.classes });
  writeFileSync(path.join(place, "model.tflite"), made.model);
  writeFileSync(path.join(place, "normalizer.bin"), normalizer);
  return path.join(place, "model.tflite");
}
const other = otherNetwork();

function script(name: string, text: string): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "app.ts"), text);
  return place;
}

let packages = 0;
type Said = Extract<UplinkPayload, { kind: "deferral" | "update" }>;

/** A day that begins with a package. @returns deferrals and update status, in the order in which the cloud gets them */
async function day(bytes: Uint8Array, downlinks: { at: number; port: number; payload: Uint8Array }[]): Promise<Said[]> {
  const file = path.join(folder, `package${++packages}.lpk`);
  writeFileSync(file, bytes);
  const said: Said[] = [];
  await simulate({
    ...{ recording, config, model: own, script: file, downlinks },
    onEvent(event) {
      if (event.event !== "uplink" || event.duplicate) return;
      if (event.payload.kind === "deferral" || event.payload.kind === "update") said.push(event.payload);
    },
  });
  return said;
}

/** A cloud that has both networks. */
async function storeOf(t: ExecutionContext, said: readonly Said[]): Promise<Store> {
  const store = await openStore(":memory:");
  t.teardown(() => store.close());
  const settings = checkCloudConfig({ model: own, networks: [{ model: other, sequence: 7 }] });
  const ids = new Map<number, string>();
  for (const { sequence, description } of await readNetworks(settings, config))
    ids.set(sequence, await storeNetwork(store, description));
  for (const [i, payload] of said.entries()) {
    const port = ports[payload.kind];
    const uplink = { devEui, port, payload: new Uint8Array(0), frame: `f${i}`, received: payload.time, receptions: [] };
    await takeUplink(store, uplink, payload, ids);
  }
  return store;
}

/** Which network each window is of, in order of time, and that it was moist as the recording has it. */
async function networksOf(t: ExecutionContext, said: readonly Said[]): Promise<(number | undefined)[]> {
  const store = await storeOf(t, said);
  const { doubts, refused } = fittingDoubts(await listDoubts(store, { limit: 100, labelled: false }), config);
  t.deepEqual(refused, []);
  const deferrals = said.filter((payload) => payload.kind === "deferral").sort((a, b) => a.time - b.time);
  t.true(deferrals.length >= windows - 1, String(deferrals.length));
  t.is(doubts.length, deferrals.length);
  const first = deferrals[0]!.time;
  for (const { at, bits, window } of doubts) {
    const moisture = 31 - Math.round((at - first) / config.window.everySeconds);
    const step = bits === 8 ? 1 : 16;
    const found = window[soil]!;
    // Half a step of the coarser network, and what noise there is in a frame.
    t.true(Math.abs(found - moisture) < 0.5 + (step * 8) / 32 / 2, `${found} at ${moisture}`);
  }
  const last = deferrals.at(-1)!;
  t.like(await findNode(store, devEui), { model: last.window!.network, modelAt: last.time });
  return deferrals.map(({ window }) => window?.network);
}

const events = (said: readonly Said[]): string[] =>
  said.flatMap((payload) => (payload.kind === "update" ? [payload.event] : []));

const package_ = (what: { script?: string }) =>
  pack({ config, key: keys.privateKey, sequence: 7, version: 1, name: "test", model: other, ...what });

test("a deferral says which network it is of: on probation, confirmed, and after a rollback", async (t) => {
  const back = packRollback({ config, key: keys.privateKey, sequence: 8, parts: ["model"] });
  const downlinks = encodePackageParts(back, 51).map((payload) => ({ at: 5400, port: ports.package, payload }));
  const said = await day(await package_({}), downlinks);
  t.deepEqual(events(said), ["accepted", "confirmed", "accepted", "confirmed"]);
  const networks = await networksOf(t, said);
  const switched = networks.indexOf(0);
  t.true(switched > 2 && switched < networks.length - 1, networks.join());
  t.deepEqual(
    networks,
    networks.map((_, i) => (i < switched ? 7 : 0)),
  );
});

test("a deferral says which network it is of, where a package is taken back on probation", async (t) => {
  // A strike before each window, so that none proves anything.
  const bad = script(
    "bad",
    `export default (api: any) => {
      const starts = Number(api.load("starts")) + 1;
      api.store("starts", String(starts));
      api.setTimer("t", starts === 1 ? 1 : 600);
      return { onVerdict() {}, onTimer() { throw new Error("no"); } };
    };`,
  );
  const said = await day(await package_({ script: bad }), []);
  t.deepEqual(events(said), ["accepted", "taken back"]);
  const networks = await networksOf(t, said);
  const switched = networks.indexOf(0);
  t.true(switched > 0 && switched < networks.length - 1, networks.join());
  t.deepEqual(
    networks,
    networks.map((_, i) => (i < switched ? 7 : 0)),
  );
});
