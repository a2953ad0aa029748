/** 16x8: activations of int16 with weights of int8. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test, { type ExecutionContext } from "ava";
import { convertModel, type ConvertOptions } from "../../host-tools/convert/index.js";
import { layerReport } from "../../host-tools/convert/report.js";
import { infer, type Backend } from "../../host-tools/inference/index.js";
import { endsOf } from "tfjs-to-tflite/graph/emit.js";
import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { apply, randomized, randomSamples } from "./randomModels.js";
import { fromBytes, predict, run, toBytes } from "./run.js";

test.before(startPlainBackend);

const { layers } = tfl;

/** Every operator whose version, bias or fixed scale int16 changes, and that desktop TensorFlow Lite runs with int16. */
function network(): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 9, 3] });
  const first = apply(layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu", padding: "same" }), input);
  const deep = apply(layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }), first);
  const gate = apply(layers.activation({ activation: "sigmoid" }), deep);
  const curve = apply(layers.activation({ activation: "tanh" }), deep);
  const gated = apply(layers.multiply(), first, gate);
  const sum = apply(layers.add(), gated, curve);
  const joined = apply(layers.concatenate(), sum, gate);
  const pooled = apply(layers.maxPooling2d({ poolSize: 2 }), apply(layers.zeroPadding2d({ padding: 1 }), joined));
  const grown = apply(layers.conv2dTranspose({ filters: 6, kernelSize: 2, strides: 2 }), pooled);
  const leaky = apply(layers.leakyReLU({ alpha: 0.2 }), apply(layers.averagePooling2d({ poolSize: 2 }), grown));
  const turned = apply(layers.permute({ dims: [3, 1, 2] }), leaky);
  const dense = apply(layers.dense({ units: 10 }), apply(layers.flatten(), turned));
  const other = apply(layers.dense({ units: 10 }), apply(layers.globalAveragePooling2d({}), grown));
  const outputs = apply(layers.softmax(), apply(layers.maximum(), dense, other));
  return randomized(tfl.model({ inputs: input, outputs }), 4);
}

let model: tfl.LayersModel;
let samples: tf.Tensor[];
test.before(() => {
  model = network();
  samples = randomSamples(model, 16, 5);
});

const converted = (options: Partial<ConvertOptions> = {}) =>
  convertModel(model, { mode: "int8", activations: "int16", name: "wide", calibration: samples, ...options });

/** Operators of a file as NAME VERSION TYPES, each once. */
function described({ operatorCodes, subgraphs }: TfliteModel): string[] {
  const names = new Map(Object.entries(operators).map(([name, { code }]) => [code, name]));
  const { tensors, operators: nodes } = subgraphs[0]!;
  const lines = nodes.map(({ opcodeIndex, inputs }) => {
    const { builtinCode, version } = operatorCodes[opcodeIndex]!;
    return [names.get(builtinCode), version, ...inputs.map((input) => tensors[input]!.type)].join(" ");
  });
  return [...new Set(lines)].sort();
}

test("operators, versions and types are those that TensorFlow's converter writes", async (t) => {
  // lite/tools/versioning/op_version.cc and, where it has a higher one, lite/tools/optimize/operator_property.cc of TensorFlow.
  const file = readTflite((await converted()).tflite);
  t.deepEqual(described(file), [
    "ADD 3 INT16 INT16",
    "AVERAGE_POOL_2D 3 INT16",
    "CONCATENATION 3 INT16 INT16",
    "CONV_2D 3 INT16 INT8 INT64",
    "DEPTHWISE_CONV_2D 3 INT16 INT8 INT64",
    "FULLY_CONNECTED 4 INT16 INT8 INT64",
    "LEAKY_RELU 2 INT16",
    "LOGISTIC 3 INT16",
    "MAXIMUM 4 INT16 INT16",
    "MAX_POOL_2D 3 INT16",
    "MUL 4 INT16 INT16",
    "PAD 3 INT16 INT32",
    "QUANTIZE 2 INT16",
    "RESHAPE 1 INT16 INT32",
    "SOFTMAX 3 INT16",
    "TANH 3 INT16",
    "TRANSPOSE 5 INT16 INT32",
    "TRANSPOSE_CONV 3 INT32 INT8 INT16 INT64",
  ]);
  const { tensors, operators: nodes } = file.subgraphs[0]!;
  for (const { type, quantization } of tensors)
    if (type !== "INT32") t.deepEqual(new Set(quantization!.zeroPoint), new Set([0]), type);
  const outputsOf = (name: keyof typeof operators): (number[] | undefined)[] =>
    nodes
      .filter(({ opcodeIndex }) => file.operatorCodes[opcodeIndex]!.builtinCode === operators[name].code)
      .map(({ outputs }) => tensors[outputs[0]!]!.quantization?.scale);
  for (const name of ["LOGISTIC", "TANH", "SOFTMAX"] as const) t.deepEqual(outputsOf(name), [[1 / 32768]], name);
  const sums = nodes.filter(({ options }) => options?.type === "Add");
  t.deepEqual(
    sums.map(({ options }) => options!["potScaleInt16"]),
    [0],
  );
});

const bytesOf = async (conversion: Awaited<ReturnType<typeof converted>>, backend: Backend) =>
  await infer(conversion.tflite, toBytes(conversion, samples), { backend });

test("micro and TensorFlow Lite give the same bytes, nearer to tfjs than int8", async (t) => {
  const conversion = await converted();
  t.is(conversion.summary.type, "int16x8");
  t.true(conversion.table > 0);
  const [micro, desktop] = [await bytesOf(conversion, "micro"), await bytesOf(conversion, "tflite")];
  t.deepEqual(
    micro.map(({ outputs }) => outputs),
    desktop.map(({ outputs }) => outputs),
  );
  const truth = predict(model, samples)[0]!.dataSync();
  const eight = await run(await converted({ activations: "int8" }), samples, { backend: "micro" });
  const [wide, narrow] = [snrOf(fromBytes(conversion, micro, 0), truth), snrOf(eight[0]!, truth)];
  t.log(`${wide.toFixed(1)} dB, int8 ${narrow.toFixed(1)} dB`);
  t.true(wide > narrow + 6, `${wide} ${narrow}`);
  for (const { layer, operator, snr } of await layerReport(conversion, samples))
    t.true(snr > 35, `${operator} of ${layer}: ${snr}`);
});

needs(tflm)("TensorFlow Lite Micro gives the bytes of micro", async (t) => {
  const conversion = await converted();
  const [micro, theirs] = [await bytesOf(conversion, "micro"), await bytesOf(conversion, "tflm")];
  t.deepEqual(
    theirs.map(({ outputs }) => outputs),
    micro.map(({ outputs }) => outputs),
  );
});

test("ends of float32 give the numbers of int16 ones; those of int8 are refused", async (t) => {
  const plain = await run(await converted(), samples, { backend: "micro" });
  for (const input of endsOf.int16)
    for (const output of endsOf.int16) {
      const conversion = await converted({ io: { input, output } });
      t.deepEqual([conversion.summary.inputs[0]!.type, conversion.summary.outputs[0]!.type], [input, output]);
      const given = await run(conversion, samples, { backend: "tflite" });
      t.true(snrOf(given[0]!, plain[0]!) > 90, `${input}, ${output}`);
    }
  await t.throwsAsync(converted({ io: "uint8" }), {
    message: "inputs of uint8 do not go with activations of int16: int16, float32 do (--io)",
  });
  await t.throwsAsync(converted({ activations: "int8", io: { input: "int8", output: "int16" } }), {
    message: "outputs of int16 do not go with activations of int8: int8, uint8, float32 do (--io)",
  });
});

async function refusal(t: ExecutionContext, ...stack: tfl.layers.Layer[]): Promise<string> {
  const refused = tfl.sequential({ layers: stack });
  const calibration = randomSamples(refused, 4, 5);
  const error = await t.throwsAsync(
    convertModel(refused, { mode: "int8", activations: "int16", name: "refused", calibration }),
  );
  return error.message;
}

test("a layer without an int16 kernel is refused by its name", async (t) => {
  t.is(
    await refusal(t, layers.dense({ units: 4, inputShape: [3] }), layers.elu({ name: "bend" })),
    'layer "bend" (ELU): TensorFlow Lite Micro has no kernel with activations of int16 for it. Leave out --activations int16, so that they are int8; or use --mixed, with which this layer stays float32 and the rest is int16 (the tflm backend runs that, micro does not); or replace this layer',
  );
  t.is(
    await refusal(
      t,
      layers.dense({ units: 4, inputShape: [3], activation: "elu", name: "first" }),
      layers.layerNormalization({ name: "even" }),
    ),
    'layer "first" (ELU): TensorFlow Lite Micro has no kernel with activations of int16 for it, nor for 1 more layer (ELU, RSQRT in all). Leave out --activations int16, so that they are int8; or use --mixed, with which these layers stay float32 and the rest is int16 (the tflm backend runs that, micro does not); or replace these layers',
  );
});
