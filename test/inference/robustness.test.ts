// Slow: every byte of a model changed, under sanitizers
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildProgram } from "../../host-tools/board/build.js";
import { runModel } from "../../host-tools/board/index.js";
import { engineOperators } from "tfjs-to-tflite/graph/operators/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { preparedName, writePrepared } from "../../host-tools/inference/prepared.js";
import { run } from "../../host-tools/lib/exec.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { mlperfTiny, needs } from "../helpers/needs.js";
import { referenceModel } from "./models.js";

const program = buildProgram("host", path.join(path.dirname(fileURLToPath(import.meta.url)), "robustness.c"), {
  sanitize: true,
  optimize: "-O2",
});

needs(mlperfTiny)(
  "kws cut off at every length, and with each of its bytes turned, is an error or a run, never a fault",
  async (t) => {
    t.timeout(180_000);
    const model = referenceModel("kws");
    const [bytes, prefixes, turned] = (await run(await program, [model.file, "16"])).trim().split(" ").map(Number);
    t.is(bytes, (await readFile(model.file)).length);
    t.is(prefixes, 0, "no part of the model is a model");
    t.true(turned! > bytes!, "most bytes are weights, and any weights are a model");
  },
);

test("every byte changed, in a small model of each operator", async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-robustness-"));
  try {
    for (const { name, model } of tinyModels()) {
      const file = path.join(folder, `${name}.tflite`);
      await writeFile(file, model);
      await t.notThrowsAsync(run(await program, [file, "1"]), name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Whose table, by any checksum, is used. */
const credulous = buildProgram("host", path.join(path.dirname(fileURLToPath(import.meta.url)), "robustness.c"), {
  sanitize: true,
  optimize: "-O2",
  defines: ["FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION=1"],
});

/** A convolution in two parts of a window, with heavy weights, and one per channel. */
function listedModel(): TfliteModel {
  const model = readTflite(tinyModels().find(({ name }) => name === "CONV_2D-0")!.model);
  const [subgraph] = model.subgraphs;
  const { inputs, outputs, options } = subgraph!.operators[0]!;
  const tensor = (i: number) => subgraph!.tensors[i]!;
  const channels = tensor(inputs[1]!).shape[0]!;
  Object.assign(options as object, { strideW: 1, strideH: 1, padding: 1 });
  tensor(inputs[0]!).shape = [1, 3, 4, 200];
  tensor(inputs[1]!).shape = [channels, 2, 2, 200];
  tensor(outputs[0]!).shape = [1, 2, 3, channels];
  model.buffers[tensor(inputs[1]!).buffer] = Uint8Array.from({ length: channels * 800 }, (_, i) => (i % 7) * (i % 61));
  return model;
}

test("a prepared table with any byte changed is passed over: the output stays the same, in the same arena; where it is not, nothing but the output is wrong", async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-prepared-"));
  const tables: number[] = [];
  const names = ["CONV_2D-0", "DEPTHWISE_CONV_2D-0", "FULLY_CONNECTED-0", "ADD-0", "SPLIT-0"];
  try {
    for (const name of [...names, "listed"]) {
      const { model } = tinyModels().find((one) => one.name === name) ?? { model: writeTflite(listedModel()) };
      const { bytes, table } = await writePrepared(readTflite(model));
      const written = readTflite(bytes);
      const own = written.buffers[written.metadata.find((one) => one.name === preparedName)!.buffer]!;
      const from = Buffer.from(bytes).indexOf(own);
      t.is(own.length, table);
      tables.push(table);
      const file = path.join(folder, `${name}.tflite`);
      await writeFile(file, bytes);
      await t.notThrowsAsync(run(await program, [file, "1", String(from), String(table)]), name);
      await t.notThrowsAsync(run(await credulous, [file, "0", String(from), String(table)]), name);
    }
    t.true(Math.min(...tables) > 200);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** What is wrong with the bytes, and the message. */
const refusals: [fault: string, change: (model: Uint8Array) => Uint8Array, status: number, words: RegExp][] = [
  ["nothing at all", () => new Uint8Array(0), 2, /not a \.tflite/],
  ["another identifier", (model) => model.with(4, 0x58), 2, /identifier TFL3/],
  ["a root far outside", (model) => model.with(3, 0x7f), 2, /beyond the model's \d+ bytes/],
  ["the second half missing", (model) => model.slice(0, model.length / 2), 2, /./],
];

for (const [fault, change, status, words] of refusals) {
  test(`a model with ${fault} is refused with a message`, async (t) => {
    const { model } = tinyModels().find(({ operator }) => operator === "CONV_2D")!;
    const { error } = await runModel(change(model), [], { sanitize: true, optimize: "-O2" });
    t.is(error?.status, status);
    t.regex(error!.text, words);
  });
}

/** A convolution with one thing wrong, and the message: operator, tensor, what, how much, what would be right. */
const contradictions: [fault: string, change: (model: TfliteModel) => void, text: RegExp][] = [
  [
    "weights of three dimensions",
    (model) => weights(model).shape.push(weights(model).shape.pop()! * weights(model).shape.pop()!),
    /^CONV_2D #0: tensor \d+ has rank 3, 4 expected$/,
  ],
  ["no buffer at all", (model) => (model.buffers = []), /^tensor \d+ has buffer \d+, 0\.\.-1 expected$/],
  ["a stride of 0", (model) => (options(model)["strideH"] = 0), /^CONV_2D #0: has stride 0, 1\.\.4096 expected$/],
  ["an unknown padding", (model) => (options(model)["padding"] = 2), /^CONV_2D #0: has padding 2, 0\.\.1 expected$/],
  [
    "a version to come",
    (model) => (model.operatorCodes[0]!.version = 99),
    /^CONV_2D #0: has version 99, 1\.\.8 expected$/,
  ],
  [
    "data cut short",
    (model) => (model.buffers[weights(model).buffer] = new Uint8Array(1)),
    /^CONV_2D #0: tensor \d+ has bytes of data 1, \d+ expected$/,
  ],
  [
    "a scale below 0",
    (model) => (weights(model).quantization!.scale[0] = -1),
    /^CONV_2D #0: tensor \d+ has a scale \(channel 0\), 0 or 2\^-126 to 2\^128 expected$/,
  ],
  [
    "a zero point past int8",
    (model) => (output(model).quantization!.zeroPoint[0] = 128),
    /^CONV_2D #0: tensor \d+ has zero point 128, -128\.\.127 expected$/,
  ],
  [
    "an output of another size",
    (model) => (output(model).shape[1]! += 1),
    /^CONV_2D #0: tensor \d+ has dimension \d+, \d+ expected$/,
  ],
  [
    "a tensor that does not exist",
    (model) => (model.subgraphs[0]!.operators[0]!.inputs[1] = 77),
    /^CONV_2D #0: has tensor 77, 0\.\.\d+ expected$/,
  ],
  [
    "an input that no operator has written",
    (model) => (model.subgraphs[0]!.operators[0]!.inputs[0] = model.subgraphs[0]!.operators[0]!.outputs[0]!),
    /^CONV_2D #0: tensor \d+ is read before it is written/,
  ],
  [
    "an input that is left out",
    (model) => (model.subgraphs[0]!.operators[0]!.inputs[0] = -1),
    /^CONV_2D #0: a required input is left out$/,
  ],
];
const operator = (model: TfliteModel) => model.subgraphs[0]!.operators[0]!;
const weights = (model: TfliteModel) => model.subgraphs[0]!.tensors[operator(model).inputs[1]!]!;
const output = (model: TfliteModel) => model.subgraphs[0]!.tensors[operator(model).outputs[0]!]!;
const options = (model: TfliteModel) => operator(model).options as unknown as Record<string, number>;

for (const [fault, change, text] of contradictions) {
  test(`a convolution with ${fault} is refused by name and number`, async (t) => {
    const model = readTflite(tinyModels().find((one) => one.operator === "CONV_2D")!.model);
    change(model);
    const { error } = await runModel(writeTflite(model), [], { sanitize: true, optimize: "-O2" });
    t.regex(error!.text, text);
  });
}

test("an input of a type without a size is refused", async (t) => {
  const model = readTflite(tinyModels().find((one) => one.operator === "SHAPE")!.model);
  const [graph] = model.subgraphs;
  graph!.tensors[graph!.inputs[0]!]!.type = "RESOURCE";
  const { error } = await runModel(writeTflite(model), [], { sanitize: true, optimize: "-O2" });
  t.regex(error!.text, /tensor \d+ has bytes of data 0, 1\.\.\d+ expected$/);
});

test("an operator that the build leaves out is named by its code, with the command that adds it; one that the engine lacks likewise", async (t) => {
  const others = tinyModels().filter(({ operator }) => operator !== "CONV_2D");
  t.is(new Set(others.map(({ operator }) => operator)).size, engineOperators.length - 1);
  for (const { operator, model } of others) {
    const { error } = await runModel(model, [], { operators: ["CONV_2D"] });
    t.is(error?.status, 3);
    const { operatorCodes, subgraphs } = readTflite(model);
    const [first] = subgraphs[0]!.operators;
    const code = operatorCodes[first!.opcodeIndex]!.builtinCode;
    t.is(
      error!.text,
      `UNKNOWN #0: operator code ${code} is not in this build; add it: npx loam inspect MODEL --operators FILE`,
      operator,
    );
  }
  const alien = readTflite(others[0]!.model);
  alien.operatorCodes[0]!.builtinCode = 150;
  for (const operators of [undefined, ["CONV_2D"]]) {
    const { error } = await runModel(writeTflite(alien), [], operators ? { operators } : {});
    t.regex(
      error!.text,
      operators ? /^UNKNOWN #0: operator code 150 is not in this/ : /^UNKNOWN #0: operator code 150 is not supported$/,
    );
  }
});

test("ELU of inputs far below zero is -1", async (t) => {
  const model = readTflite(tinyModels().find(({ name }) => name === "ELU-0")!.model);
  const [input, output] = model.subgraphs[0]!.tensors;
  const quantized = (scale: number) => ({ scale: [scale], zeroPoint: [0], quantizedDimension: 0 });
  Object.assign(input!, { shape: [1, 4], quantization: quantized(1e12) });
  Object.assign(output!, { shape: [1, 4], quantization: quantized(0.1) });
  const { runs } = await runModel(writeTflite(model), [Uint8Array.of(0x80, 0xff, 0, 1)], {
    sanitize: true,
    optimize: "-O2",
  });
  t.deepEqual(runs[0]?.outputs, ["f6f6007f"]);
});

test("a tensor larger than the arena is refused before its elements are visited", async (t) => {
  const { model } = tinyModels().find(({ name }) => name === "MAX_POOL_2D-0")!;
  const huge = readTflite(model);
  for (const tensor of huge.subgraphs[0]!.tensors) tensor.shape = [1, 32767, 32767, 1];
  const { error } = await runModel(writeTflite(huge), [], { sanitize: true, optimize: "-O2" });
  t.is(error?.status, 4);
  t.is(error?.given, 49_152);
  t.true(error!.needed > 32767 * 32767);
});
