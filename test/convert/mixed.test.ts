/** Models of integers in which operators stay float32 that no engine computes with integers. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel, type ConvertOptions } from "../../host-tools/convert/index.js";
import { outcomeOf } from "../../host-tools/convert/outcome.js";
import { layerReport } from "../../host-tools/convert/report.js";
import { infer } from "../../host-tools/inference/index.js";
import { supportOf } from "../../host-tools/inference/support.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { needs, tflm } from "../helpers/needs.js";
import { leastSnr, snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { apply, chanceOf, randomized, randomizeWeights, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";
import { registerCustomLayers } from "tfjs-to-tflite/tf/customLayers.js";

test.before(startPlainBackend);

const { layers } = tfl;

/** Two exponentials, one behind the other, and layers around them; a branch that stays int8. */
function network(): tfl.LayersModel {
  registerCustomLayers();
  const exponential = (name: string): tfl.layers.Layer =>
    layers.activation({ activation: "exponential" as "elu", name });
  const input = tfl.input({ shape: [7] });
  const hidden = apply(layers.dense({ units: 6, activation: "tanh" }), input);
  const grown = apply(exponential("again"), apply(exponential("grow"), hidden));
  const outputs = apply(layers.dense({ units: 3, name: "end" }), apply(layers.concatenate(), grown, hidden));
  return randomized(tfl.model({ inputs: input, outputs }), 4);
}

let model: tfl.LayersModel;
let samples: tf.Tensor[];
test.before(() => {
  model = network();
  samples = randomSamples(model, 16, 5);
});

const converted = (options: Partial<ConvertOptions> = {}) =>
  convertModel(model, { mode: "int8", name: "mixed", calibration: samples, mixed: true, ...options });

test("the layers' operators are float32 between DEQUANTIZE and QUANTIZE, the others int8", async (t) => {
  const { summary, tflite } = await converted();
  t.deepEqual(
    summary.operators.map(({ operator, layer, type }) => `${operator} ${type}${operator === "EXP" ? ` ${layer}` : ""}`),
    [
      "FULLY_CONNECTED int8",
      "TANH int8",
      "DEQUANTIZE float32",
      "EXP float32 grow",
      "EXP float32 again",
      "QUANTIZE int8",
      "QUANTIZE int8",
      "CONCATENATION int8",
      "FULLY_CONNECTED int8",
    ],
  );
  const floats = readTflite(tflite).subgraphs[0]!.tensors.filter(({ type }) => type === "FLOAT32");
  t.is(floats.length, 3);
});

test("layers at the ends that stay float32 take and give float32 as they are", async (t) => {
  const exponential = (): tfl.layers.Layer => layers.activation({ activation: "exponential" as "elu" });
  const input = tfl.input({ shape: [4] });
  const inner = apply(layers.dense({ units: 4 }), apply(exponential(), input));
  const outputs = apply(exponential(), apply(layers.add(), inner, input));
  const ends = randomized(tfl.model({ inputs: input, outputs }), 4);
  const calibration = randomSamples(ends, 16, 5);
  const options = { mode: "int8", name: "ends", calibration, mixed: true, io: "float32" } as const;
  const conversion = await convertModel(ends, options);
  const { tensors, operators, inputs, outputs: given } = readTflite(conversion.tflite).subgraphs[0]!;
  t.deepEqual(
    [...inputs, ...given].map((end) => tensors[end]!.type),
    ["FLOAT32", "FLOAT32"],
  );
  // EXP, its QUANTIZE, that of the input for the sum, dense, sum, DEQUANTIZE, EXP.
  t.is(operators.length, 7);
  t.is(conversion.summary.operators.length, 7);
  const snr = snrOf(
    (await run(conversion, calibration, { backend: "tflite" }))[0]!,
    predict(ends, calibration)[0]!.dataSync(),
  );
  t.true(snr >= leastSnr, `${snr} dB`);
});

test("it computes what tfjs does", async (t) => {
  for (const options of [{}, { io: "float32" }, { activations: "int16" }] as const) {
    const conversion = await converted(options);
    const [given] = await run(conversion, samples, { backend: "tflite" });
    const snr = snrOf(given!, predict(model, samples)[0]!.dataSync());
    t.true(snr >= leastSnr, `${JSON.stringify(options)}: ${snr} dB`);
  }
});

needs(tflm)("TensorFlow Lite Micro gives the bytes of TensorFlow Lite", async (t) => {
  const conversion = await converted();
  const bytes = toBytes(conversion, samples);
  const outputs = async (backend: "tflm" | "tflite") =>
    (await infer(conversion.tflite, bytes, { backend })).map((result) => result.outputs);
  t.deepEqual(await outputs("tflm"), await outputs("tflite"));
});

test("what stays float32 loses nothing", async (t) => {
  const conversion = await converted();
  const rows = await layerReport(conversion, samples);
  const before = rows.find(({ operator }) => operator === "TANH")!;
  const dequantized = rows.find(({ operator }) => operator === "DEQUANTIZE")!;
  t.true(Math.abs(before.snr - dequantized.snr) < 0.1, `${before.snr} and ${dequantized.snr} dB`);
  const { second, arena } = await outcomeOf(model, conversion, samples);
  t.deepEqual([second, arena, conversion.table], ["TensorFlow Lite", undefined, 0]);
});

test("without --mixed it is refused, and micro says what it does not run", async (t) => {
  await t.throwsAsync(converted({ mixed: false }), {
    message:
      /^layer "grow" \(EXP\): TensorFlow Lite Micro has no kernel with activations of int8 for it, nor for 1 more layer \(EXP in all\)\. Use --mixed, with which these layers stay float32/,
  });
  const conversion = await converted();
  const { micro, tflm, advice } = await supportOf(conversion.tflite, readTflite(conversion.tflite));
  t.deepEqual([micro, tflm], [["EXP #3, #4: micro does not have it"], []]);
  t.true(advice.length > 0 && !advice.some((each) => each.includes("to make it int8")), advice.join("\n"));
  await t.throwsAsync(infer(conversion.tflite, toBytes(conversion, samples), { backend: "micro" }), {
    message: /EXP|float32/,
  });
});

test("activations of int16 leave float32 what has no kernel for them", async (t) => {
  const curved = tfl.sequential({
    layers: [layers.dense({ units: 4, inputShape: [7] }), layers.thresholdedReLU({ theta: 0.1 }), layers.elu()],
  });
  randomizeWeights(curved, chanceOf(9));
  const inputs = randomSamples(curved, 8, 3);
  const conversion = await convertModel(curved, {
    mode: "int8",
    activations: "int16",
    mixed: true,
    name: "curved",
    calibration: inputs,
  });
  const [given] = await run(conversion, inputs, { backend: "tflite" });
  const snr = snrOf(given!, predict(curved, inputs)[0]!.dataSync());
  // What is left is the error of int8 weights.
  t.true(snr > 45, `${snr} dB`);
  const types = conversion.summary.operators.map(({ operator, type }) => `${operator} ${type}`);
  t.true(types.includes("SELECT_V2 float32") && types.includes("GREATER bool") && types.includes("ELU float32"));
});
