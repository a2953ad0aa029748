import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convert } from "tfjs-to-tflite/index.js";
import type { ConvertOptions } from "tfjs-to-tflite/library.js";
import { startPlainBackend } from "./backend.js";

test.before(startPlainBackend);

const small = (): tfl.LayersModel => tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });

/** What a program in JavaScript gives, whose types nobody checks. */
const mistakes: readonly (readonly [title: string, options: object, message: RegExp])[] = [
  ["samples that are a number", { calibrate: 5 }, /^samples are a Float32Array, \{ data, shape \}/],
  ["samples as plain lists", { calibrate: [[1, 2, 3]] }, /^samples are a Float32Array/],
  ["samples of doubles", { calibrate: { data: new Float64Array(6), shape: [2, 3] } }, /data a Float32Array/],
  ["weights of no type", { weights: "float8" }, /^weights of float8: .* one of float32, float16, int8$/],
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
