/** LSTMs that become one operator, UNIDIRECTIONAL_SEQUENCE_LSTM, whose states last from one invoke to the next. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel, type Conversion, type ConvertOptions } from "../../host-tools/convert/index.js";
import { outcomeOf } from "../../host-tools/convert/outcome.js";
import { infer, type Backend } from "../../host-tools/inference/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { needs, tflm } from "../helpers/needs.js";
import { leastSnr, sameNumbers, snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomizeWeights, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";

test.before(startPlainBackend);

const { layers } = tfl;
// Orthogonal weights take long to make, and are replaced.
const options = { units: 6, recurrentInitializer: "zeros", recurrentActivation: "sigmoid" } as const;
const lstm = (more: object = {}): tfl.layers.RNN => layers.lstm({ ...options, ...more });

function chain(...stack: tfl.layers.Layer[]): tfl.LayersModel {
  const input = tfl.input({ shape: [7, 5] });
  const model = tfl.model({
    inputs: input,
    outputs: stack.reduce((at, layer) => layer.apply(at) as tfl.SymbolicTensor, input),
  });
  randomizeWeights(model, chanceOf(3));
  return model;
}

const both = (mergeMode: "concat" | "ave", more: object): tfl.layers.Layer =>
  layers.bidirectional({ layer: lstm(more), mergeMode });

const cases: readonly (readonly [string, () => tfl.LayersModel])[] = [
  ["the last step", () => chain(lstm())],
  ["every step, without biases", () => chain(lstm({ returnSequences: true, useBias: false }))],
  ["backwards", () => chain(lstm({ goBackwards: true, returnSequences: true }))],
  ["one behind the other", () => chain(lstm({ returnSequences: true }), lstm(), layers.dense({ units: 3 }))],
  ["both directions", () => chain(both("concat", { returnSequences: true }))],
  ["the last of both directions", () => chain(both("ave", {}))],
];

const converted = (model: tfl.LayersModel, more: Partial<ConvertOptions> = {}): Promise<Conversion> =>
  convertModel(model, {
    mode: "int8",
    name: "lstm",
    lstm: "fused",
    calibration: randomSamples(model, 24, 5),
    range: "minmax",
    ...more,
  });

const operatorsOf = ({ summary }: Conversion): string[] => summary.operators.map(({ operator }) => operator);

for (const [title, build] of cases) {
  test(`as float, int8 and 16x8 it computes what tfjs does: ${title}`, async (t) => {
    const model = build();
    const samples = randomSamples(model, 4, 8);
    const truth = predict(model, samples)[0]!.dataSync();
    const float = await converted(model, { mode: "float" });
    t.true(operatorsOf(float).includes("UNIDIRECTIONAL_SEQUENCE_LSTM"));
    sameNumbers(t, (await run(float, samples, { backend: "tflite", reset: true }))[0]!, truth, title);
    for (const activations of ["int8", "int16"] as const) {
      const conversion = await converted(model, { activations });
      const snr = snrOf((await run(conversion, samples, { backend: "micro", reset: true }))[0]!, truth);
      // With activations of int16 what is left is the error of int8 weights.
      t.true(snr > (activations === "int8" ? leastSnr + 5 : 35), `${activations}: ${snr} dB`);
      t.log(snr);
    }
  });
}

/** What each run gives without a reset between them. */
const outputsBy = async (backend: Backend, { tflite }: Conversion, bytes: Uint8Array[][]): Promise<Uint8Array[][]> =>
  (await infer(tflite, bytes, { backend })).map(({ outputs }) => outputs);

needs(tflm)("micro and TensorFlow Lite Micro give the same bytes, run by run", async (t) => {
  for (const [title, build] of cases)
    for (const activations of ["int8", "int16"] as const) {
      const model = build();
      const conversion = await converted(model, { activations });
      const bytes = toBytes(conversion, randomSamples(model, 3, 8));
      const [ours, theirs] = [await outputsBy("micro", conversion, bytes), await outputsBy("tflm", conversion, bytes)];
      t.deepEqual(ours, theirs, `${activations}: ${title}`);
    }
});

test("the file has what TensorFlow's converter writes, so that desktop TensorFlow Lite runs it, too", async (t) => {
  const model = chain(lstm());
  const conversion = await converted(model);
  const { operatorCodes, subgraphs } = readTflite(conversion.tflite);
  const { tensors, operators } = subgraphs[0]!;
  const [{ inputs, outputs, options: given, intermediates, opcodeIndex }] = operators as [(typeof operators)[number]];
  // trained_lstm_int8.tflite of TensorFlow Lite Micro, made by TensorFlow's converter; its cell is cut off at 10, which Keras's is not.
  t.deepEqual(operatorCodes[opcodeIndex], { builtinCode: 44, version: 1 });
  t.like(given, { fusedActivation: 4, cellClip: 0, projClip: 0, timeMajor: 0, diagonalRecurrentTensors: 0 });
  const typeOf = (tensor: number): string => {
    const { type, isVariable } = tensors[tensor] ?? { type: "none" };
    return isVariable ? `${type} variable` : type;
  };
  const times = (count: number, type: string): string[] => Array<string>(count).fill(type);
  t.deepEqual(inputs.map(typeOf), [
    ...times(9, "INT8"),
    ...times(3, "none"),
    ...times(4, "INT32"),
    ...times(2, "none"),
    "INT8 variable",
    "INT16 variable",
    ...times(4, "none"),
  ]);
  t.deepEqual(intermediates!.map(typeOf), [...times(4, "FLOAT32"), "INT8"]);
  const quantizationOf = (tensor: number) => tensors[tensor]!.quantization!;
  const [output] = outputs as [number];
  // Desktop takes a zero point of the hidden state off where others add it.
  t.deepEqual(quantizationOf(output).zeroPoint, [0]);
  for (const same of [inputs[18]!, intermediates!.at(-1)!]) t.deepEqual(quantizationOf(same), quantizationOf(output));
  const step = Math.log2(quantizationOf(inputs[19]!).scale[0]!);
  t.true(Number.isInteger(step) && step >= -15 && step <= -9, `2^${step}`);
  const bytes = toBytes(conversion, randomSamples(model, 3, 8));
  const [micro, desktop] = await Promise.all(
    (["micro", "tflite"] as const).map(async (backend) =>
      (await outputsBy(backend, conversion, bytes)).flatMap((run) => [...new Int8Array(run[0]!.slice().buffer)]),
    ),
  );
  // Its gates have other functions, and are rounded elsewhere.
  t.true(micro!.every((value, i) => Math.abs(value - desktop![i]!) <= 1));
});

test("states last where the layer keeps them, and nowhere else", async (t) => {
  const input = tfl.input({ batchShape: [1, 3, 5] });
  const keeping = lstm({ stateful: true, returnSequences: true });
  const model = tfl.model({ inputs: input, outputs: keeping.apply(input) as tfl.SymbolicTensor });
  randomizeWeights(model, chanceOf(3));
  const samples = randomSamples(model, 4, 8)[0]!;
  const truth = tf.split(samples, 4).flatMap((sample) => [...(model.predict(sample) as tf.Tensor).dataSync()]);
  const float = await convertModel(model, { mode: "float", name: "lstm" });
  sameNumbers(t, (await run(float, [samples], { backend: "tflite" }))[0]!, truth, "one call after the other");
  t.deepEqual(float.summary.warnings, []);
  const alone = await convertModel(chain(lstm()), { mode: "float", name: "lstm", lstm: "fused" });
  t.regex(
    alone.summary.warnings.join(),
    /whose states last from one invoke to the next\. Reset them before each sequence/,
  );
});

test("what the operator does not have stays unrolled, and says why where that takes many operators", async (t) => {
  const long = (more: object): tfl.LayersModel =>
    tfl.sequential({ layers: [lstm({ inputShape: [20, 2], name: "memory", ...more })] });
  for (const [more, because] of [
    [{ recurrentActivation: "hardSigmoid" }, "its recurrentActivation is hardSigmoid, where that operator has sigmoid"],
    [{ activation: "relu" }, "its activation is relu, where that operator has tanh"],
  ] as const) {
    const conversion = await convertModel(long(more), { mode: "float", name: "lstm", lstm: "fused" });
    t.false(operatorsOf(conversion).includes("UNIDIRECTIONAL_SEQUENCE_LSTM"));
    t.true(conversion.summary.warnings.join().endsWith(`(--lstm fused) it cannot become, since ${because}`));
  }
  const [unrolled, fused] = await Promise.all(
    (["unrolled", "fused"] as const).map((form) => convertModel(long({}), { mode: "float", name: "lstm", lstm: form })),
  );
  t.true(fused!.tflite.length < unrolled!.tflite.length / 10);
  t.regex(unrolled!.summary.warnings.join(), /so does --lstm fused, one operator for all steps/);
});

test("every sample of an outcome starts anew", async (t) => {
  const model = chain(lstm());
  const conversion = await converted(model);
  const { agreement, second, worstLayer } = await outcomeOf(model, conversion, randomSamples(model, 24, 5));
  t.is(second, "micro");
  t.true(agreement.outputs[0]!.snr > leastSnr + 5 && worstLayer!.snr > leastSnr + 5);
});
