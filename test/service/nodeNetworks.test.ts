// Slow: starts the cloud
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { decodeDecision, encodeDeferral, ports } from "../../device/codec/codec.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { checkCloudConfig } from "../../host-tools/service/config.js";
import { readNetworks } from "../../host-tools/service/nodeNetworks.js";
import { openStore } from "../../host-tools/store/store.js";
import { listDoubts } from "../../host-tools/store/doubts.js";
import { exampleNode } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";
import { abp } from "../lorawan/simulation.js";
import { confirmedUplink, Gateway } from "../networks/node.js";
import { cloudFolder, CloudProcess, devEui } from "./server.js";

const config = exampleNode();
const layout = featureLayout(config);
const names = { features: layout.names, classes: config.classes };
const { frames } = config.window;
const soil = layout.names.indexOf("soil.mean");
const time = Math.floor(Date.now() / 1000);

/** A network of one layer, which a package would bring. @returns its file, relative to the folder */
async function writeNetwork(folder: string, given = names): Promise<string> {
  const { model, normalizer } = soilModel(config);
  const floats = new Float32Array(normalizer.slice().buffer, 8);
  const count = floats.length / 2;
  const [mean, deviation] = [floats.subarray(0, count), floats.subarray(count)];
  const place = "retrained";
  await mkdir(path.join(folder, place));
  await writeFile(path.join(folder, place, "model.tflite"), model);
  await writeFile(path.join(folder, place, "normalizer.bin"), encodeNormalizer(mean, deviation, given));
  return path.join(place, "model.tflite");
}

test("a node with a package's network: its deferral is kept and said, and decided by that network when the cloud has it", async (t) => {
  t.timeout(240_000);
  const folder = await cloudFolder(t);
  let counter = 0;
  /** The soil is 0.3 normalized above the mean, in units of 1/32: by that network, and no other, `normal` with sigmoid(0.9). */
  const data = new Int8Array(frames * layout.count).map((_, i) => (i % layout.count === soil ? 10 : 0));
  const window = { frames, features: layout.count, data, network: 7 };
  const payload = encodeDeferral({ sequence: 1, time, label: 3, confidence: 0.5, window }, 222);
  const start = async () => {
    const cloud = new CloudProcess(t, folder);
    const gateway = await Gateway.start((await cloud.line("listening"))["port"] as number);
    t.teardown(() => gateway.close());
    const ask = () => gateway.ask(confirmedUplink(abp, ++counter, ports.deferral, payload), abp, 20_000);
    return { cloud, ask };
  };
  const { cloud: without, ask } = await start();
  t.not((await ask())?.port, ports.decision);
  t.like(await without.line("undecided"), { devEui, sequence: 1, model: 7 });
  const { url } = (await without.line("page")) as { url: string };
  const get = async (at: string) => (await (await fetch(`${url}${at}`)).json()) as object;
  t.like(await get(`api/nodes/${devEui}`), { model: 7, modelAt: time });
  t.like(await get("api/deferrals"), [{ model: 7, network: null, decidedLabel: null }]);
  const metrics = await (await fetch(`${url}metrics`)).text();
  t.true(metrics.includes('loam_deferrals_without_network{sequence="7"} 1\n'), metrics);
  await without.end("SIGINT");

  const file = path.join(folder, "cloud.config.json");
  const settings = JSON.parse(await readFile(file, "utf8")) as object;
  const networks = [{ model: await writeNetwork(folder), sequence: 7 }];
  await writeFile(file, JSON.stringify({ ...settings, networks }));
  const { cloud, ask: askAgain } = await start();
  t.like(await cloud.line("network added"), { sequence: 7, windows: 1 });
  let decision: ReturnType<typeof decodeDecision> | undefined;
  for (let asks = 0; asks < 5 && !decision; asks++) {
    const answer = await askAgain();
    if (answer?.port === ports.decision) decision = decodeDecision(answer.payload);
  }
  t.like(decision, { sequence: 1, label: 0 });
  const expected = 1 / (1 + Math.exp(-3 * (10 / 32)));
  t.true(Math.abs(decision!.confidence - expected) < 0.05, `${decision!.confidence}, ${expected} expected`);
  await cloud.end("SIGINT");
  const store = await openStore(path.join(folder, "cloud.db"));
  t.teardown(() => store.close());
  const { networks: known, doubts } = await listDoubts(store, { limit: 10, labelled: false });
  t.like(known[doubts[0]!.network!], { scale: 1 / 32, zeroPoint: 0 });
  t.is(known[doubts[0]!.network!]!.mean[soil], 25);
});

async function refusedBy(t: ExecutionContext, message: RegExp, given?: Partial<typeof names>): Promise<void> {
  const folder = await cloudFolder(t);
  if (given) await writeNetwork(folder, { ...names, ...given });
  const model = path.join(folder, "retrained", "model.tflite");
  const settings = checkCloudConfig({ networks: [{ model, sequence: 7 }] });
  await t.throwsAsync(readNetworks(settings, config), { instanceOf: UserError, message });
}

test("a network that is not there is refused, by its place in the description", async (t) => {
  await refusedBy(t, /^networks\[0\], sequence 7: .*retrained\/model\.tflite/);
});

test("a network of other classes or features than the node's is refused by the first name that differs", async (t) => {
  await refusedBy(t, /^networks\[0\], sequence 7: .*normalizer\.bin.*class/, { classes: names.classes.toReversed() });
  await refusedBy(t, /^networks\[0\], sequence 7: .*normalizer\.bin.*feature/, {
    features: names.features.toReversed(),
  });
});

test("each network of a description has its own meaning of windows", async (t) => {
  const folder = await cloudFolder(t);
  const model = path.join(folder, await writeNetwork(folder));
  const read = await readNetworks(checkCloudConfig({ networks: [{ model, sequence: 7 }] }), config);
  t.deepEqual(
    read.map(({ sequence }) => sequence),
    [0, 7],
  );
  t.deepEqual(read[1]!.input, { scale: 1 / 32, zeroPoint: 0 });
  t.is(read[1]!.description.mean[soil], 25);
  t.notDeepEqual(read[0]!.description, read[1]!.description);
});
