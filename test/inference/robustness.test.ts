import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildProgram } from "../../host-tools/board/build.js";
import { runModel } from "../../host-tools/board/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { run } from "../../host-tools/lib/exec.js";
import { readTflite, writeTflite } from "../../host-tools/tflite/index.js";
import { referenceModels, whereToPutModels } from "./models.js";

const program = buildProgram("host", path.join(path.dirname(fileURLToPath(import.meta.url)), "robustness.c"), { sanitize: true, optimize: "-O2" });

test("kws cut off at every length, and with each of its bytes turned, is an error or a run, never a fault", async (t) => {
  t.timeout(180_000);
  const model = referenceModels()?.find(({ name }) => name === "kws");
  if (!model) return t.log(whereToPutModels), t.pass();
  const [bytes, prefixes, turned] = (await run(await program, [model.file, "16"])).trim().split(" ").map(Number);
  t.is(bytes, (await readFile(model.file)).length);
  t.is(prefixes, 0, "no part of the model is a model");
  t.true(turned! > bytes!, "most bytes are weights, and any weights are a model");
});

test("the same for a small model of each operator", async (t) => {
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

/** What is wrong with the bytes, and the words that must be in the message. */
const refusals: [fault: string, change: (model: Uint8Array) => Uint8Array, status: number, words: RegExp][] = [
  ["nothing at all", () => new Uint8Array(0), 2, /not a \.tflite/],
  ["another identifier", (model) => model.with(4, 0x58), 2, /identifier TFL3/],
  ["a root far outside", (model) => model.with(3, 0x7f), 2, /outside of the model's \d+ bytes/],
  ["the second half missing", (model) => model.slice(0, model.length / 2), 2, /./],
];

for (const [fault, change, status, words] of refusals) {
  test(`a model with ${fault} is refused in words`, async (t) => {
    const { model } = tinyModels().find(({ operator }) => operator === "CONV_2D")!;
    const { error } = await runModel(change(model), [], { sanitize: true, optimize: "-O2" });
    t.is(error?.status, status);
    t.regex(error!.text, words);
  });
}

test("an operator that the build leaves out is named, and how to put it in; one that the engine does not have is named by its code", async (t) => {
  const others = tinyModels().filter(({ operator }) => operator !== "CONV_2D");
  t.is(new Set(others.map(({ operator }) => operator)).size, 24);
  for (const { operator, model } of others) {
    const { error } = await runModel(model, [], { operators: ["CONV_2D"] });
    t.is(error?.status, 3);
    t.is(error!.text, `${operator} #0: left out of this build; to put it in: npx loam inspect MODEL --operators FILE`);
  }
  const alien = readTflite(others[0]!.model);
  alien.operatorCodes[0]!.builtinCode = 97;
  for (const operators of [undefined, ["CONV_2D"]]) {
    const { error } = await runModel(writeTflite(alien), [], operators ? { operators } : {});
    t.is(error!.text, "UNKNOWN #0: operator code 97 is not supported");
  }
});

test("a tensor larger than the arena is refused before anything walks over it", async (t) => {
  const { model } = tinyModels().find(({ name }) => name === "MAX_POOL_2D-0")!;
  const huge = readTflite(model);
  for (const tensor of huge.subgraphs[0]!.tensors) tensor.shape = [1, 32767, 32767, 1];
  const { error } = await runModel(writeTflite(huge), [], { sanitize: true, optimize: "-O2" });
  t.is(error?.status, 4);
  t.is(error?.given, 49_152);
  t.true(error!.needed > 32767 * 32767);
});
