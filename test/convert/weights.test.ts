import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { agreementOf } from "tfjs-to-tflite/convert/agreement.js";
import { convertModel } from "../../host-tools/convert/index.js";
import type { WeightType } from "tfjs-to-tflite/convert/weights.js";
import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { fromFloat16, toFloat16 } from "tfjs-to-tflite/lib/float16.js";
import { collect } from "tfjs-to-tflite/quantize/fake.js";
import { sameNumbers, snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomized } from "./randomModels.js";
import { predict, run } from "./run.js";

test.before(startPlainBackend);

/** Every kind of layer with a hybrid kernel, with as many weights as int8 asks for, and one without. */
function layers(): tfl.LayersModel {
  return randomized(
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [9, 8, 8] }),
        tfl.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 4, padding: "same" }),
        tfl.layers.conv2dTranspose({ filters: 8, kernelSize: 2 }),
        tfl.layers.globalAveragePooling2d({}),
        tfl.layers.dense({ units: 130, activation: "tanh" }),
        tfl.layers.dense({ units: 10 }),
      ],
    }),
    7,
  );
}

const chance = chanceOf(8);
const samples = (): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: 6 * 576 }, () => chance.normal()),
    [6, 9, 8, 8],
  );

/** Operators of a file as NAME VERSION TYPE-OF-WEIGHTS. */
function described(file: Uint8Array): string[] {
  const { operatorCodes, subgraphs } = readTflite(file);
  const names = new Map(Object.entries(operators).map(([name, { code }]) => [code, name]));
  return subgraphs[0]!.operators.map(({ opcodeIndex, inputs }) => {
    const { builtinCode, version } = operatorCodes[opcodeIndex]!;
    const types = inputs.map((input) => subgraphs[0]!.tensors[input]!.type);
    return `${names.get(builtinCode)} ${version} ${types.slice(0, 2).join(" ")}`;
  });
}

async function converted(weights: WeightType) {
  const model = layers();
  const given = [samples()];
  const conversion = await convertModel(model, { mode: "float", name: "layers", weights });
  const [results] = await run(conversion, given, { backend: "tflite" });
  return { conversion, snr: snrOf(results!, predict(model, given)[0]!.dataSync()) };
}

test("weights of float16 are constants that a DEQUANTIZE each makes float32, in half the bytes", async (t) => {
  const plain = await converted("float32");
  const { conversion, snr } = await converted("float16");
  t.is(described(conversion.tflite).filter((each) => each === "DEQUANTIZE 3 FLOAT16").length, 7);
  t.true(conversion.tflite.length < 0.6 * plain.conversion.tflite.length, String(conversion.tflite.length));
  // A number is off by 2^-12 of itself at most, some -72 dB, of which layers in a row add up.
  t.true(snr > 60, String(snr));
  t.is(conversion.summary.weights, "float16");
});

test("weights of int8 with float activations have the versions of the hybrid kernels", async (t) => {
  const { conversion, snr } = await converted("int8");
  t.deepEqual(
    described(conversion.tflite).filter((each) => each.endsWith(" INT8")),
    [
      "CONV_2D 5 FLOAT32 INT8",
      "DEPTHWISE_CONV_2D 6 FLOAT32 INT8",
      "FULLY_CONNECTED 9 FLOAT32 INT8",
      "FULLY_CONNECTED 9 FLOAT32 INT8",
    ],
  );
  // Weights and activations are off by half a step of 255 each.
  t.true(snr > 30, String(snr));
  t.is(conversion.summary.type, "float32");
});

test("the report's numbers are those of the rounded weights: tfjs computes with them what TensorFlow Lite does", async (t) => {
  const given = [samples()];
  const conversion = await convertModel(layers(), { mode: "float", name: "layers", weights: "float16" });
  const { rounded, graph } = conversion;
  const [results] = await run(conversion, given, { backend: "tflite" });
  sameNumbers(t, results!, collect(rounded!, given, rounded!.outputs)[0]!, "float16");
  const { snr } = await agreementOf(layers(), conversion, given);
  const exact = collect(graph, given, graph.outputs)[0]!;
  t.true(Math.abs(snr! - snrOf(results!, exact)) < 1, `${snr} ${snrOf(results!, exact)}`);
});

test("float16: the nearest number, of two the even one, down to the smallest", (t) => {
  // IEEE 754-2008 binary16: 1 = 0x3c00, 65504 = 0x7bff, 2^-24 = 0x0001, 2^-14 = 0x0400.
  const table: [number, number][] = [
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [1.5 * 2 ** -24, 2],
    [2 ** -14, 0x400],
    [2 ** -14 - 2 ** -26, 0x400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1e-30, 0],
    [1 / 3, 0x3555],
  ];
  for (const [value, half] of table) t.is(toFloat16(Float32Array.of(value))[0], half, String(value));
  const every = Uint16Array.from({ length: 0x7c00 }, (_, i) => i);
  t.deepEqual(toFloat16(fromFloat16(every)), every);
});
