// Slow: a process for each case
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import test from "ava";
import { agreementOf, verdictsOf, type Agreement } from "tfjs-to-tflite/convert/outputAgreement.js";
import { compareModels } from "../../host-tools/convert/compareModels.js";
import { runnableTfjs, type Runnable } from "../../host-tools/convert/runnable.js";
import { at, model, npy, run, samples } from "./conversions.js";
import { GraphModelMaker } from "./graphModels.js";
import { sourceOf } from "tfjs-to-tflite/graph/arraySource.js";

test("agreement of two outputs by hand", (t) => {
  const [a, b] = [Float32Array.of(3, 4, 0, 0, 6, 8), Float32Array.of(3, 4, 0, 0, 6, 7)];
  const { outputs, worst, accuracy, samples: count } = agreementOf(["y"], [a], [b], 3, [1, 0, 0]);
  t.is(count, 3);
  // Energy 9 + 16 + 36 + 64 over an error of 1.
  t.deepEqual(outputs, [{ name: "y", size: 2, snr: 10 * Math.log10(125), maxError: 1, peak: 8, top1: 1 }]);
  t.deepEqual(worst[0], { sample: 2, snr: 20, maxError: 1 });
  t.deepEqual(
    worst.slice(1).map(({ snr }) => snr),
    [Infinity, Infinity],
  );
  // The largest numbers are at 1, 0 (the first of equal ones) and 1.
  t.deepEqual(accuracy, { first: 2 / 3, second: 2 / 3 });
  t.deepEqual([...verdictsOf(b, 3)], [1, 2]);
});

test("top-1 is of probabilities alone, as long as there are no labels", (t) => {
  const of = (values: number[], labels?: number[]): number | undefined =>
    agreementOf(["y"], [Float32Array.from(values)], [Float32Array.of(0.6, 0.4, 0.2, 0.8)], 2, labels).outputs[0]!.top1;
  t.is(of([0.9, 0.1, 0.7, 0.3]), 0.5);
  t.is(of([0.9, 0.3, 0.7, 0.3]), undefined);
  t.is(of([-0.1, 1.1, 0.7, 0.3]), undefined);
  t.is(of([9, 1, 7, 3], [0, 0]), 0.5);
});

const compare = async (...args: string[]): Promise<Agreement> => {
  const { code, stdout, stderr } = await run("compare", ...args, "--data", at("samples.npy"), "--json");
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Agreement;
};

test.before(async () => {
  const both = [
    ["--float", "--out", at("float")],
    ["-c", at("samples.npy"), "--out", at("int8")],
  ];
  await Promise.all(both.map((args) => run("convert", at("model"), ...args, "--no-c-array")));
  writeFileSync(
    at("labels.npy"),
    npy(
      [samples],
      Float32Array.from({ length: samples }, (_, i) => i % 3),
    ),
  );
});

test("a tfjs model, a float and an int8 .tflite against each other", async (t) => {
  const [float, int8, both] = await Promise.all([
    compare(at("model"), at("float.tflite")),
    compare(at("model"), at("int8.tflite"), "--labels", at("labels.npy")),
    compare(at("float.tflite"), at("int8.tflite"), "--backend", "tflite"),
  ]);
  t.true(
    float.samples === samples && float.outputs[0]!.top1 === 1 && float.outputs[0]!.snr > 100,
    JSON.stringify(float),
  );
  const { snr, maxError, top1 } = int8.outputs[0]!;
  t.true(snr > 25 && snr < 80 && maxError < 0.1 && top1! > 0.8, JSON.stringify(int8.outputs));
  t.is(int8.worst.length, 5);
  t.true(int8.worst.every(({ snr: each }, i) => i === 0 || each >= int8.worst[i - 1]!.snr));
  // Labels 0, 1, 2 in turn are right for a part of the samples, about the same for both.
  t.true(int8.accuracy!.first > 0 && int8.accuracy!.first < 1);
  t.true(Math.abs(int8.accuracy!.first - int8.accuracy!.second) <= 1 - top1! + 1e-9);
  // Desktop computes the softmax in float.
  t.true(Math.abs(both.outputs[0]!.snr - snr) < 6, `${both.outputs[0]!.snr} ${snr}`);
});

test("as a table: the outputs, the accuracy, the worst samples", async (t) => {
  const { code, stdout, stderr } = await run(
    ...["compare", at("model"), at("int8.tflite"), "--data", at("samples.f32"), "--labels", at("labels.npy")],
  );
  t.is(code, 0, stderr);
  t.regex(stdout, new RegExp(`^${samples} samples, .*int8\\.tflite against .*model\n`));
  t.regex(stdout, /output\s+│ numbers │ SNR dB[\s\S]*accuracy: \d+\.\d % of [\s\S]*worst sample/);
});

const refusals: [title: string, args: () => string[], message: RegExp][] = [
  [
    "samples of another size",
    () => (
      writeFileSync(at("other.npy"), npy([2, 3], new Float32Array(6))),
      [at("model"), at("int8.tflite"), "--data", at("other.npy")]
    ),
    /other\.npy has shape \[2, 3\]; input "stem_input" of .*model takes \[samples, 8, 8, 2\]/,
  ],
  [
    "samples for two inputs",
    () => [at("model"), at("int8.tflite"), "--data", at("samples.npy"), "--data", at("samples.npy")],
    /model has 1 inputs \(stem_input\), but samples were given for 2/,
  ],
  [
    "labels for other samples",
    () => (
      writeFileSync(at("five.npy"), npy([5], new Float32Array(5))),
      [at("float.tflite"), at("int8.tflite"), "--data", at("samples.npy"), "--labels", at("five.npy")]
    ),
    /five\.npy has 5 labels for 24 samples/,
  ],
];
for (const [title, args, message] of refusals)
  test(`refused: ${title}`, async (t) => {
    const { code, stderr } = await run("compare", ...args());
    t.is(code, 1);
    t.regex(stderr, message);
  });

/** Gives its input, so many numbers of it. */
const taking = (count: number): Runnable => ({
  by: "hand",
  inputs: [{ name: "x", shape: [4] }],
  outputs: ["y"],
  run: ([input], all) => {
    const each = input!.data.length / all;
    return Promise.resolve([input!.data.filter((_, i) => i % each < count)]);
  },
});

test("models with other outputs are refused; labels may be rows", async (t) => {
  const data = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0);
  const file = { name: "x.npy", source: sourceOf(data, [2, 4]) };
  const [whole, part] = [taking(4), taking(2)].map((each, i) => ({ name: "ab"[i]!, model: each })) as [never, never];
  await t.throwsAsync(compareModels(whole, part, [file]), {
    name: "UserError",
    message: "the models give different outputs: a (y) gives 4 numbers a sample, b (y) 2",
  });
  const rows = { name: "l.npy", data, shape: [2, 4] };
  t.deepEqual((await compareModels(whole, whole, [file], rows)).accuracy, { first: 1, second: 1 });
});

test("tfjs runs a layers model in batches, and a graph model by its own executor, as they predict", async (t) => {
  const count = 19;
  const data = Float32Array.from({ length: count * 128 }, (_, i) => Math.sin(i));
  const layers = await runnableTfjs(model);
  t.deepEqual(layers.inputs, [{ name: "stem_input", shape: [8, 8, 2] }]);
  const [given] = await layers.run([{ data }], count);
  const expected = (model.predict(tf.tensor(data, [count, 8, 8, 2])) as tf.Tensor).dataSync();
  t.true(given!.every((value, i) => Math.abs(value - expected[i]!) < 1e-6));
  const maker = new GraphModelMaker();
  const sum = maker.node("AddV2", [maker.input("x", [1, 3]), maker.constant([3], Float32Array.of(1, 2, 3))]);
  const graph = await runnableTfjs(maker.model({ y: sum }));
  t.deepEqual(graph.outputs, ["y"]);
  t.deepEqual([...(await graph.run([{ data: Float32Array.of(0, 0, 0, 1, 1, 1) }], 2))[0]!], [1, 2, 3, 2, 3, 4]);
});
