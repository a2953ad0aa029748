// Slow: a process for each case
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { execa } from "execa";
import { loadLayersModel, saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { startPlainBackend } from "../convert/backend.js";
import { chanceOf, randomizeWeights } from "../convert/randomModels.js";
import { predict } from "../convert/run.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-prune-"));
const at = (...parts: string[]): string => path.join(folder, ...parts);
const count = 60;
const loam = (...args: string[]): Promise<{ exitCode?: number; stdout: string; stderr: string }> =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });

let samples: tf.Tensor;
test.before(async () => {
  await startPlainBackend();
  const model = tfl.sequential({
    layers: [
      tfl.layers.separableConv2d({
        filters: 20,
        kernelSize: [3, 1],
        inputShape: [12, 1, 5],
        depthMultiplier: 2,
        activation: "relu",
        name: "first",
      }),
      tfl.layers.batchNormalization({ name: "norm" }),
      tfl.layers.conv2d({ filters: 30, kernelSize: [3, 1], strides: 2, activation: "relu", name: "second" }),
      tfl.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }),
      tfl.layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
  randomizeWeights(model, chanceOf(4));
  await saveLayersModel(model, at("model"));
  const chance = chanceOf(5);
  const data = Float32Array.from({ length: count * 60 }, () => chance.normal());
  samples = tf.tensor(data, [count, 12, 1, 5]);
  writeFileSync(at("samples.f32"), Buffer.from(data.buffer));
  writeFileSync(at("odd.json"), "[1, 2, 3]");
  const [answers] = predict(model, [samples]) as [tf.Tensor];
  writeFileSync(at("labels.json"), JSON.stringify([...tf.argMax(answers, -1).dataSync()]));
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  before: { filters: number; parameters: number };
  after: { filters: number; parameters: number };
  ratios: Record<string, number>;
  fineTuned: boolean;
}

test("prune scans, removes, fine-tunes and saves a model that loads, predicts and converts", async (t) => {
  const result = await loam(
    "prune",
    at("model"),
    "--ratio",
    "0.4",
    "--data",
    at("samples.f32"),
    "--labels",
    at("labels.json"),
    "--epochs",
    "4",
    "--out",
    at("small"),
    "--json",
  );
  t.is(result.exitCode, 0, result.stderr);
  const { before, after, ratios, fineTuned } = JSON.parse(result.stdout) as Result;
  t.is(before.filters, 50);
  t.true(Math.abs(after.filters - 30) <= 1, String(after.filters));
  t.true(fineTuned && after.parameters < 0.6 * before.parameters);
  t.deepEqual(Object.keys(ratios), ["first", "second"]);
  const pruned = await loadLayersModel(at("small"));
  t.is(pruned.countParams(), after.parameters);
  t.deepEqual(predict(pruned, [samples])[0]!.shape, [count, 4]);
  const converted = await loam("convert", at("small"), "-c", at("samples.f32"), "--out", at("converted"));
  t.is(converted.exitCode, 0, converted.stderr);
});

test("--uniform needs no data", async (t) => {
  const result = await loam("prune", at("model", "model.json"), "--ratio", "0.5", "--uniform", "--out", at("half"));
  t.is(result.exitCode, 0, result.stderr);
  t.regex(result.stdout, /filters\s+│\s+50\s+│\s+25\s+│ 50\.0 %/);
  t.regex(result.stdout, /not fine-tuned/);
  t.regex(result.stdout, /not pruned: \S+ \(an output, or a later layer mixes its channels\)/);
});

const refused: [title: string, args: string[], message: RegExp][] = [
  ["a scan without data", ["--ratio", "0.4"], /the sensitivity scan needs samples: --data FILE/],
  ["a ratio over 1", ["--ratio", "40", "--uniform"], /the ratio is 40; it must be at least 0 and less than 1/],
  ["a ratio that is no number", ["--ratio", "much", "--uniform"], /the ratio is NaN/],
  [
    "epochs that are no number",
    ["--ratio", "0.4", "--uniform", "--epochs", "x"],
    /Expected a whole number of at least 0/,
  ],
  [
    "labels without samples",
    ["--ratio", "0.4", "--uniform", "--labels", at("labels.json")],
    /--labels needs samples: --data FILE/,
  ],
  [
    "data of another shape",
    ["--ratio", "0.4", "--data", at("odd.json")],
    /--data has 3 numbers; input "first_input" takes samples of \[12, 1, 5\]/,
  ],
  [
    "labels for other samples",
    ["--ratio", "0.4", "--data", at("samples.f32"), "--labels", at("samples.f32")],
    /samples\.f32 has 3600 numbers; 60 samples need one class each/,
  ],
];
refused.forEach(([title, args, message], i) => {
  test(`refused: ${title}`, async (t) => {
    const result = await loam("prune", at("model"), ...args, "--out", at(`refused${i}`));
    t.is(result.exitCode, 1);
    t.regex(result.stderr, message);
    t.false(readdirSync(folder).includes(`refused${i}`));
  });
});

test("refused: what is no model, before samples are asked for", async (t) => {
  writeFileSync(at("model.onnx"), Uint8Array.of(0x08, 0x07, 0x12, 0x00));
  const result = await loam("prune", at("model.onnx"), "--ratio", "0.4");
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /model\.onnx is an ONNX model, which is not read/);
});

test("refused: overwriting the input model", async (t) => {
  const result = await loam("prune", at("model", "model.json"), "--ratio", "0.4", "--uniform", "--out", at("model"));
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /model\.json is an input and would be overwritten/);
});
