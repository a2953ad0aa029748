import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel } from "../../host-tools/convert/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { infer, microArena } from "../../host-tools/inference/index.js";
import { preparedName, writePrepared, writeWithoutTable } from "../../host-tools/inference/prepared.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { startPlainBackend } from "./backend.js";
import { randomSamples } from "./randomModels.js";

test.before(startPlainBackend);

test("a converted model comes in pieces where it has to fit an arena, with the same outputs", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [16, 16, 1], filters: 16, kernelSize: 3, padding: "same", activation: "relu" }),
      tfl.layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    ],
  });
  const options = { mode: "int8", name: "net", calibration: randomSamples(model, 16, 4) } as const;
  const { tflite: whole, table } = await convertModel(model, options);
  // With the table by default, without it the same file.
  const plain = await convertModel(model, { ...options, table: false });
  t.is(plain.table, 0);
  t.deepEqual((await writePrepared(readTflite(plain.tflite))).bytes, whole);
  t.deepEqual(writeWithoutTable(readTflite(whole)), plain.tflite);
  t.true(table > 300 && whole.length - plain.tflite.length >= table);
  const { needed } = await microArena(whole, readTflite(whole));
  const arena = Math.floor(0.8 * needed);
  const { tflite } = await convertModel(model, { ...options, arena });
  const input = [[Uint8Array.from({ length: 256 }, (_, i) => 7 * i)]];
  const [expected] = await infer(whole, input);
  const [result] = await infer(tflite, input, { arena });
  t.deepEqual(result!.outputs, expected!.outputs);
  // The file has the table that the engine makes of it, which plan would write.
  const { metadata } = readTflite(tflite);
  t.true(metadata.some(({ name }) => name === preparedName));
  t.deepEqual((await writePrepared(readTflite(tflite))).bytes, tflite);
  await t.throwsAsync(convertModel(model, { ...options, arena: 100 }), {
    instanceOf: UserError,
    message: /^the model needs at least [\d,]+ bytes of arena in pieces/,
  });
});
