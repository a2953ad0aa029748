import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { mlperfTiny, needs } from "../helpers/needs.js";
import { referenceModel, seededInput } from "./models.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "xs");

async function runModel(model: string | Uint8Array, input: Uint8Array, args: string[] = [], program = "manifest.json") {
  const files = await mkdtemp(path.join(tmpdir(), "loam-inference-"));
  try {
    const resources = {
      "model.tflite": typeof model === "string" ? model : path.join(files, "model.tflite"),
      "input.bin": path.join(files, "input.bin"),
    };
    if (typeof model !== "string") await writeFile(resources["model.tflite"], model);
    await writeFile(resources["input.bin"], input);
    return await runHost(await buildHost({ manifest: path.join(folder, program) }), {
      args,
      resources,
      timeoutMs: 60_000,
    });
  } finally {
    await rm(files, { recursive: true });
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

needs(mlperfTiny)(
  "under XS, an input in a Resource, a view or a buffer that moves is read where it is, and never out of place",
  async (t) => {
    const model = referenceModel("kws");
    const [seed, truth] = model.seeds[0]!;
    const result = await runModel(model.file, seededInput(seed, 490), ["49152"], "external.json");
    t.is(result.exitCode, 0, result.stderr);
    const seen = JSON.parse(result.lines[0]!) as { outputs: string[]; elements: number; thrown: string[] };
    t.deepEqual(seen.outputs, Array(6).fill(truth.output));
    t.is(seen.elements, 0, "the arena has none of it");
    const expected = [
      /TypeError: .*an external input is not bound: bindInput/,
      /RangeError: .*input 0 takes 490 bytes, 489 given/,
      /RangeError: .*input 0 must lie at a multiple of 4 bytes, it is 2 past one/,
      /RangeError: .*input 0 (takes 490 bytes|must lie outside of the arena)/,
      /RangeError: .*has no input 1, there are 1/,
      /TypeError/,
      /TypeError: .*detached/,
      /RangeError: .*external input 1, the model has 1/,
      /RangeError: .*external input 3, 0\.\.2 expected/,
      /Error: .*closed/,
      /Error: .*closed/,
    ];
    t.is(seen.thrown.length, expected.length);
    for (const [i, words] of expected.entries()) t.regex(seen.thrown[i]!, words);
  },
);

test("under XS, bytes that are not a model throw an Error", async (t) => {
  const result = await runModel(new Uint8Array(100), new Uint8Array(1));
  t.not(result.exitCode, 0);
  t.regex(result.stderr, /Error: .*inference: not a \.tflite/);
});
