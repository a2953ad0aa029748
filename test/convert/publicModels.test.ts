// Slow: downloads 170 MB and converts 42 models, which takes half an hour
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { format, resolveConfig } from "prettier";
import test, { type ExecutionContext } from "ava";
import { publicModelsFile, type PublicModel } from "../../host-tools/generate/publicModels.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { needs } from "../helpers/needs.js";
import { asked, wanted } from "./packages.js";
import { measure, publicModels, tolerance } from "./publicModels.js";

/** 1: all models; names with commas between them: those alone; with "write:" before them (or "write"): their rows in the table of docs/convert.md are measured anew. */
const writes = /^write(:|$)/.test(asked);
const named = asked
  .replace(/^write:?/, "")
  .split(",")
  .filter((name) => name !== "" && name !== "1");

const recorded = (): PublicModel[] => JSON.parse(readFileSync(publicModelsFile, "utf8")) as PublicModel[];

/** Every model by itself, so that what was measured stays when the run is stopped. */
async function write(model: PublicModel): Promise<void> {
  const all = [...recorded().filter(({ name }) => name !== model.name), model];
  all.sort((a, b) => (a.name < b.name ? -1 : 1));
  const style = { ...(await resolveConfig(publicModelsFile)), filepath: publicModelsFile };
  writeFileSync(publicModelsFile, await format(JSON.stringify(all), style));
}

/** As a float it is what tfjs computes, as far as two backends of tfjs itself agree; where it is refused a node, its op and an alternative are named. */
function agrees(t: ExecutionContext, { name, refused, float, own = 0, snr = [] }: PublicModel): void {
  if (refused)
    return void t.regex(
      refused,
      /^(node ".+" \(\w+\): .+\. Instead: .+|input ".+" has shape .+ --input-shape .+)$/,
      name,
    );
  t.true(float! <= Math.max(tolerance, 3 * own), `${name}: ${float} as a float, tfjs itself ${own}`);
  t.true(snr.length > 0 && snr.every((db) => db === null || Number.isFinite(db)), `${name}: ${snr.join(" ")} dB`);
}

/** What a change of the quantization may cost an output before the test fails: other wasm kernels alone give some tenths. */
const sparedDecibels = 2;

/** int8 is about as good as it was recorded to be. */
function holds(t: ExecutionContext, { name, snr, top1 }: PublicModel): void {
  const before = recorded().find((model) => model.name === name);
  snr?.forEach((db, i) => {
    const least = before?.snr?.[i];
    if (typeof db === "number" && typeof least === "number")
      t.true(db >= least - sparedDecibels, `${name}, output ${i}: ${db.toFixed(1)} dB, ${least.toFixed(1)} recorded`);
  });
  top1?.forEach((share, i) => t.true(share >= (before?.top1?.[i] ?? 0), `${name}, output ${i}: top-1 of ${share}`));
}

needs(wanted)("public graph models equal tfjs, or are refused with a reason", async (t) => {
  t.timeout(3 * 3_600_000);
  const folder = mkdtempSync(path.join(tmpdir(), "loam-public-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  tf.env().set("IS_TEST", true);
  await startBackend("wasm");
  const all = publicModels(folder);
  t.is(all.size, 42);
  for (const [name, load] of all) {
    if (named.length > 0 && !named.includes(name)) continue;
    const result = await measure(name, load());
    t.log(
      `${name}: ${result.refused ?? `${result.float!.toExponential(1)}, ${result.snr!.map((db) => db?.toFixed(1) ?? "-").join(" ")} dB`}`,
    );
    agrees(t, result);
    if (writes) await write(result);
    else holds(t, result);
  }
});

/**
 * dB that each output of networks which lose much as int8 has at least: ReLU6 with channels of unlike size, which gave -1 to 8 dB before they were
 * equalized. By name, in the order of the outputs.
 */
const floors: Record<string, number[]> = {
  "blazepose-full": [4, 22, 6, -1, -1],
  "blazepose-heavy": [8, 15, 13, 7, 3],
  "blazepose-lite": [8, 18, 5, 10, 8],
  "handlandmark-lite": [30, 30, 12, 11],
  mobileface: [11],
  selfie: [13],
};

test("the recorded int8 figures of networks with ReLU6 are above their floors", (t) => {
  const models = new Map(recorded().map((model) => [model.name, model]));
  for (const [name, least] of Object.entries(floors)) {
    const { snr } = models.get(name)!;
    t.is(snr!.length, least.length, name);
    least.forEach((db, i) => t.true(snr![i]! >= db, `${name}, output ${i}: ${snr![i]?.toFixed(1)} dB, ${db} at least`));
  }
});

test("the recorded figures of public models are of 42, of which thirty or more convert", (t) => {
  const models = recorded();
  t.is(models.length, 42);
  t.true(models.filter(({ refused }) => refused === undefined).length >= 30);
  for (const model of models) agrees(t, model);
});
