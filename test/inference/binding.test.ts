import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { mlperfTiny, needs } from "../helpers/needs.js";
import { referenceModel, seededInput } from "./models.js";

const manifest = path.join(path.dirname(fileURLToPath(import.meta.url)), "xs/manifest.json");

async function runModel(model: string | Uint8Array, input: Uint8Array, args: string[] = []) {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-inference-"));
  try {
    const files = {
      model: typeof model === "string" ? model : path.join(folder, "model.tflite"),
      input: path.join(folder, "input.bin"),
    };
    if (typeof model !== "string") await writeFile(files.model, model);
    await writeFile(files.input, input);
    return await runHost(await buildHost({ manifest }), {
      args,
      resources: { "model.tflite": files.model, "input.bin": files.input },
      timeoutMs: 60_000,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const how of ["place", "copy"]) {
  needs(mlperfTiny)(
    `under XS, a model read in ${how} gives TensorFlow Lite Micro's bytes, each time it runs`,
    async (t) => {
      const model = referenceModel("kws");
      const [seed, truth] = model.seeds[0]!;
      const result = await runModel(model.file, seededInput(seed, 490), ["49152", how]);
      t.is(result.exitCode, 0, result.stderr);
      const seen = JSON.parse(result.lines[0]!) as Record<string, unknown>;
      t.deepEqual(seen["outputs"], [truth.output, truth.output, truth.output]);
      t.deepEqual(seen["input"], { type: "int8", shape: [1, 49, 10, 1], scale: 0.5847029089927673, zeroPoint: 83 });
      t.deepEqual(seen["output"], { type: "int8", shape: [1, 12], scale: 1 / 256, zeroPoint: -128 });
      t.is(seen["backend"], "micro");
      t.true((seen["arenaUsed"] as number) <= 12_000);
      const [read, invoked, asked] = seen["thrown"] as [string, string, string];
      t.is(read, "nothing: undefined", "a detached array has no elements");
      t.regex(invoked, /inference: closed/);
      t.regex(asked, /RangeError: inference: output 0 of 0/);
    },
  );
}

needs(mlperfTiny)("under XS, too small an arena is a RangeError that names the operator and the bytes", async (t) => {
  const model = referenceModel("kws");
  const result = await runModel(model.file, seededInput(1, 490), ["9000"]);
  t.not(result.exitCode, 0);
  t.regex(
    result.stderr,
    /RangeError: .*inference: \w+ #\d+: (?:tensor \d+ )?does not fit the arena: [\d,]+ bytes needed, 9,?000 given \([\d,]+ short\)/,
  );
});

test("under XS, a variable lasts from one run to the next, and reset() brings its first value back", async (t) => {
  // Its output is the input of the run before, at first 5, 6, -6.
  const { model } = tinyModels().find(({ operator }) => operator === "READ_VARIABLE")!;
  const result = await runModel(model, Uint8Array.of(1, 2, 3));
  t.is(result.exitCode, 0, result.stderr);
  t.deepEqual((JSON.parse(result.lines[0]!) as Record<string, unknown>)["outputs"], ["0506fa", "010203", "0506fa"]);
});

for (const [operator, bytes] of [
  ["UNIDIRECTIONAL_SEQUENCE_LSTM", 24],
  ["SVDF", 10],
] as const)
  test(`under XS, the states of ${operator} last from one run to the next, and reset() clears them`, async (t) => {
    const { model } = tinyModels().find((tiny) => tiny.operator === operator)!;
    const result = await runModel(
      model,
      Uint8Array.from({ length: bytes }, (_, i) => 37 * i),
    );
    t.is(result.exitCode, 0, result.stderr);
    const [first, second, third] = (JSON.parse(result.lines[0]!) as { outputs: string[] }).outputs;
    t.not(first, second);
    t.is(first, third);
  });

test("under XS, bytes that are not a model throw an Error", async (t) => {
  const result = await runModel(new Uint8Array(100), new Uint8Array(1));
  t.not(result.exitCode, 0);
  t.regex(result.stderr, /Error: .*inference: not a \.tflite/);
});
