/** Networks in packages with a right signature, checked by the node's code under XS. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import type { Refusal } from "../../device/codec/update.js";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer, type NetworkNames } from "../../device/normalizer.js";
import { infer, microArena } from "../../host-tools/inference/index.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { soilModel } from "../device/helpers/model.js";
import { config } from "./rig.js";

const folder = path.join(buildRoot, "test", `network-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

interface Network {
  model: Uint8Array;
  normalizer: Uint8Array;
  vectors: Uint8Array;
}
interface Checked {
  reason: Refusal;
  detail: string;
}

const names: NetworkNames = { features: featureLayout(config).names, classes: config.classes };
const { features } = names;
const mean = features.map((_, i) => i);
const deviation = features.map(() => 1000);
const { model } = soilModel(config);
const normalizer = encodeNormalizer(mean, deviation, names);
const input = Uint8Array.from({ length: config.window.frames * features.length }, (_, i) => (i * 37) & 255);
const good: Network = { model, normalizer, vectors: new Uint8Array(0) };
test.before(async () => {
  const [result] = await infer(model, [[input]], { backend: "micro" });
  good.vectors = Buffer.concat([Buffer.of(1), input, Buffer.from(result!.outputs[0]!)]);
});

async function check(network: Network, { node = config, flips = false } = {}): Promise<Checked[]> {
  mkdirSync(folder, { recursive: true });
  const contents = { "node.config.json": JSON.stringify(node), flips: flips ? "1" : "0", ...network };
  const resources = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => {
      const place = path.join(folder, name);
      writeFileSync(place, content);
      return [name, place];
    }),
  );
  const { exitCode, stderr, lines } = await runHost(
    await buildHost({
      manifest: path.join(loamRoot, "test/device/manifest.json"),
      main: path.join(loamRoot, "test/update/network.xs.ts"),
    }),
    { resources, timeoutMs: 300_000 },
  );
  if (exitCode !== 0) throw new Error(stderr);
  return lines.map((line) => JSON.parse(line) as Checked);
}

/** The good network's normalizer with one of its numbers, counted from 0, replaced. */
function withValue(index: number, value: number): Partial<Network> {
  const bytes = Uint8Array.from(normalizer);
  new DataView(bytes.buffer).setFloat32(8 + 4 * index, value, true);
  return { normalizer: bytes };
}

const named = (given: Partial<NetworkNames>, without = 0): Partial<Network> => ({
  normalizer: encodeNormalizer(mean.slice(without), deviation.slice(without), { ...names, ...given }),
});
/** A whole network of another node, and what it was trained for. */
const foreign = (other: NodeConfig): Partial<Network> => {
  const given = { features: featureLayout(other).names, classes: other.classes };
  const { length } = given.features;
  const numbers = Array.from({ length }, () => 1);
  return { model: soilModel(other).model, normalizer: encodeNormalizer(numbers, numbers, given) };
};
const swapped = [features[1]!, features[0]!, ...features.slice(2)];

for (const [what, change, reason, detail] of [
  ["a good one", {}, "none", /^$/],
  ["classes in another order", named({ classes: config.classes.toReversed() }), "other names", /classes: number 0 is/],
  ["features in another order", named({ features: swapped }), "other names", /features: number 0 is soil/],
  ["a renamed feature", named({ features: ["peat.mean", ...features.slice(1)] }), "other names", /peat\.mean, of the/],
  ["a feature less", named({ features: features.slice(1) }, 1), "other names", /features: number 0 is/],
  [
    "a class more",
    named({ classes: [...config.classes, "flood"] }),
    "other names",
    /number 6 is flood, of the node miss/,
  ],
  [
    "a network of a node with a class more",
    foreign({ ...config, classes: [...config.classes, "flood"] }),
    "other names",
    /number 6 is flood, of the node missing/,
  ],
  [
    "a network of a node with a sensor less",
    foreign({ ...config, sensors: config.sensors.slice(0, -1), features: { ...config.features, correlations: [] } }),
    "other names",
    /features: number \d+ is/,
  ],
  ["no names", { normalizer: encodeNormalizer(mean, deviation) }, "other names", /no names/],
  ["half a normalizer", { normalizer: normalizer.slice(0, 40) }, "other names", /cannot be read/],
  ["no normalizer", { normalizer: new Uint8Array(0) }, "other names", /no names/],
  ["a mean that is no number", withValue(3, NaN), "model refused", /feature 3 has mean NaN, deviation 1000/],
  ["an infinite mean", withValue(3, -Infinity), "model refused", /feature 3 has mean -Infinity/],
  ["a deviation that is no number", withValue(features.length + 2, NaN), "model refused", /feature 2 .* deviation NaN/],
  ["an infinite deviation", withValue(features.length + 2, Infinity), "model refused", /deviation Infinity/],
  ["a negative deviation", withValue(features.length + 2, -1), "model refused", /deviation -1/],
  ["no network", { model: new Uint8Array(0) }, "model refused", /not a \.tflite/],
  ["no test vectors", { vectors: Uint8Array.of(0) }, "malformed", /0 test vectors in 1 bytes/],
  ["half a test vector", { vectors: Uint8Array.of(2, 3) }, "malformed", /2 test vectors in 2 bytes/],
] as [string, Partial<Network>, Refusal, RegExp][])
  test.serial(`a network with the right signature: ${what}: ${reason}`, async (t) => {
    const [checked] = await check({ ...good, ...change });
    t.is(checked!.reason, reason, checked!.detail);
    t.regex(checked!.detail, detail);
  });

test.serial("an arena of exactly the network's bytes is taken, one that is a byte smaller refused", async (t) => {
  const { needed } = await microArena(model, readTflite(model));
  const [enough] = await check(good, { node: { ...config, model: { arenaBytes: needed } } });
  t.is(enough!.reason, "none", enough!.detail);
  const [small] = await check(good, { node: { ...config, model: { arenaBytes: needed - 1 } } });
  t.is(small!.reason, "arena too small", small!.detail);
});

test.serial(
  "a bit of each byte of the network and of its test vectors flipped: refused with a code, or the same outputs",
  async (t) => {
    t.timeout(300_000);
    const all = await check(good, { flips: true });
    t.is(all.length, 2 + model.length + good.vectors.length, "each was checked");
    t.is(all.pop()!.reason, "none", "the node goes on");
    const counts = new Map<Refusal, number>();
    for (const { reason } of all) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const codes = ["none", "malformed", "model refused", "arena too small", "test vectors differ"];
    for (const [reason] of counts) t.true(codes.includes(reason), reason);
    t.true((counts.get("model refused") ?? 0) > 100);
    t.true((counts.get("test vectors differ") ?? 0) > 100);
    t.log([...counts].join(" "));
    // Of the outputs of a test vector each byte is compared.
    for (const { reason } of all.slice(-config.classes.length)) t.is(reason, "test vectors differ");
  },
);
