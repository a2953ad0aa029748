/** Commands that run a model say what helps where the engine refuses it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-advice-"));
const at = (name: string): string => path.join(folder, name);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test.before(() => {
  const model = readTflite(tinyModels().find(({ name }) => name === "CONV_2D-0")!.model);
  for (const graph of model.subgraphs)
    for (const tensor of graph.tensors) {
      tensor.type = "FLOAT32";
      delete tensor.quantization;
      if (tensor.buffer) model.buffers[tensor.buffer] = new Uint8Array(4 * tensor.shape.reduce((a, b) => a * b, 1));
    }
  writeFileSync(at("float.tflite"), writeTflite(model));
  const input = model.subgraphs[0]!.tensors[model.subgraphs[0]!.inputs[0]!]!;
  writeFileSync(at("in.bin"), new Uint8Array(4 * input.shape.reduce((a, b) => a * b, 1)));
});

for (const args of [
  ["infer", at("float.tflite"), "--input", at("in.bin")],
  ["bench", at("float.tflite"), "--target", "host"],
  ["plan", at("float.tflite"), "--arena", "49152", "--out", at("planned.tflite")],
])
  test(`loam ${args[0]} of a float32 model gives the command that makes it int8`, async (t) => {
    const { exitCode, stderr } = await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], {
      reject: false,
    });
    t.is(exitCode, 1, stderr);
    t.regex(stderr, /CONV_2D #0.*\n  to make it int8: npx loam convert MODEL --calibrate SAMPLES/);
  });
