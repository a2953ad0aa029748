import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convert, prune, quantize } from "tfjs-to-tflite/index.js";
import type { ConvertOptions } from "tfjs-to-tflite/library.js";
import { startPlainBackend } from "./backend.js";

test.before(startPlainBackend);

const small = (): tfl.LayersModel => tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });

/** What a program in JavaScript gives, whose types nobody checks. */
const mistakes: readonly (readonly [title: string, options: object, message: RegExp])[] = [
  ["samples that are a number", { calibrate: 5 }, /^samples are a Float32Array, \{ data, shape \}/],
  ["samples as plain lists", { calibrate: [[1, 2, 3]] }, /^samples are a Float32Array/],
  ["samples of doubles", { calibrate: { data: new Float64Array(6), shape: [2, 3] } }, /data a Float32Array/],
  ["weights of no type", { weights: "float8" }, /^convert: weights is float32 or float16 or int8, not float8$/],
  ["a type of none", { type: "int9" }, /^convert: type is int8 or float, not int9$/],
  ["a range of no method", { range: "max" }, /^convert: range is auto or minmax or .*, not max$/],
  ["activations of no type", { activations: "int4" }, /^convert: activations is int8 or int16, not int4$/],
  [
    "an option that there is not",
    { calibrat: new Float32Array(6) },
    /^convert was given "calibrat", but there is no such option; did you mean "calibrate"\? Known: calibrate, type, /,
  ],
  ["uint8 ends without samples", { io: "uint8" }, /^inputs or outputs of uint8 \(io\): .* samples to calibrate on/],
  ["an int8 output without samples", { io: { input: "float32", output: "int8" } }, /^inputs or outputs of int8/],
];
for (const [title, options, message] of mistakes)
  test.serial(`refused: ${title}`, async (t) => {
    await t.throwsAsync(convert(small(), options as ConvertOptions), { name: "UserError", message });
  });

test.serial("a float model may say that its ends are float32", async (t) => {
  const { report } = await convert(small(), { io: { input: "float32", output: "float32" } });
  t.is(report.inputs[0]!.type, "float32");
});

test.serial("a model that tfjs does not run is compared with the float network that was made of it", async (t) => {
  const calibrate = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const model = small();
  model.predict = () => {
    throw new Error("Kernel 'Mystery' not registered for backend 'wasm'");
  };
  const { agreement } = (await convert(model, { calibrate })).report;
  t.is(agreement!.with, "the float network");
  t.true(agreement!.snr! > 30);
});

const noModels: readonly (readonly [title: string, model: unknown, message: RegExp])[] = [
  ["an object", {}, /^the model is an object with nothing in it; expected a tf\.LayersModel, the path or address of/],
  ["files, which only a page has", [{ name: "model.json" }], /^the model is a list; expected/],
  ["nothing", undefined, /^the model is undefined; expected/],
  [
    "a graph model that tfjs has loaded",
    { predict: () => undefined, executor: {} },
    /^the model is one .* graph model/,
  ],
];
for (const [title, model, message] of noModels)
  test.serial(`no model: ${title}`, async (t) => {
    await t.throwsAsync(convert(model as string), { name: "UserError", message });
  });

test.serial("quantize and prune know their options, too", async (t) => {
  const samples = new Float32Array(6);
  await t.throwsAsync(quantize(small(), samples, { equalise: false } as object), {
    message: /did you mean "equalize"/,
  });
  await t.throwsAsync(prune(small(), { ratio: 0.5, epoch: 3 } as { ratio: number }), {
    message: /did you mean "epochs"/,
  });
});
