/** Inputs that are not in the arena but in memory of the caller's. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { buildProgram } from "../../host-tools/board/build.js";
import { runModel } from "../../host-tools/board/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { checkExternal } from "../../host-tools/inference/externalInputs.js";
import { infer, InferenceError, InferenceSession, inferWith, microArena } from "../../host-tools/inference/index.js";
import { updateFirmwareOperators, writeOperators } from "../../host-tools/inference/operators.js";
import { fitModel } from "../../host-tools/inference/pieces.js";
import { readModel } from "../../host-tools/inference/readModel.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { run } from "../../host-tools/lib/exec.js";
import { mlperfTiny, needs, tflm } from "../helpers/needs.js";
import { referenceModel, seededInput } from "./models.js";

const here = path.dirname(fileURLToPath(import.meta.url));

/** An image of 8 rows, and a slice of 4 of them. */
function sliced(columns: number): { model: ModelBuilder; input: number; slice: number } {
  const model = new ModelBuilder();
  const input = model.int8([1, 8, columns, 1], 0.05, 3);
  const box = [model.int32s([0, 2, 0, 0]), model.int32s([1, 4, columns, 1])];
  return { model, input, slice: model.operator("SLICE", [input, ...box], model.int8([1, 4, columns, 1], 0.05, 3)) };
}

function smallModel(columns = 4): TfliteModel {
  const { model, input, slice } = sliced(columns);
  return model.build([input], [model.operator("RELU", [slice], model.int8([1, 4, columns, 1], 0.05, 3))]);
}

test("every operator computes the same from memory that can only be read, without a byte beside it", async (t) => {
  const program = await buildProgram("host", path.join(here, "external.c"), {
    sanitize: true,
    optimize: "-O2",
    defines: ["_DEFAULT_SOURCE"],
  });
  const folder = await mkdtemp(path.join(tmpdir(), "loam-external-"));
  try {
    const models = [{ name: "small", model: writeTflite(smallModel()) }, ...tinyModels()];
    const files = models.map(({ name }) => path.join(folder, `${name}.tflite`));
    await Promise.all(models.map(({ model }, i) => writeFile(files[i]!, model)));
    const lines = (await run(program, [files[0]!, ...files])).trim().split("\n");
    const refused = lines.filter((line) => line.endsWith("refused"));
    // Models of one operator, whose output is its input: reshaping, slices of whole rows.
    t.true(refused.length > 0 && refused.length < lines.length / 10, `${refused.length} of ${lines.length}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("slices of rows of an external input take no room, and the arena is just what is said", async (t) => {
  const model = smallModel(64);
  const bytes = writeTflite(model);
  const { needed, fixed, offsets } = await microArena(bytes, model, [0]);
  t.is(needed - fixed, 256, "the output");
  t.is(offsets[model.subgraphs[0]!.inputs[0]!], -1);
  const input = seededInput(1, 512);
  const [whole] = await infer(bytes, [[input]]);
  for (const trace of [false, true]) {
    const [result] = await infer(bytes, [[input]], { arena: needed, external: [0], trace });
    t.deepEqual([result!.outputs, result!.arenaUsed], [whole!.outputs, needed]);
  }
  await t.throwsAsync(infer(bytes, [[input]], { arena: needed - 4, external: [0] }), {
    instanceOf: InferenceError,
    message: /\(4 short\)/,
  });
});

test("an output that is a part of an external input is refused, as its place changes", async (t) => {
  const { model, input, slice } = sliced(4);
  const built = model.build([input], [slice]);
  await t.notThrowsAsync(microArena(writeTflite(built), built));
  await t.throwsAsync(microArena(writeTflite(built), built, [0]), {
    message: /is an output, and in an external input$/,
  });
});

test("an input that the model does not have, or past the third, is an error", (t) => {
  t.throws(() => checkExternal(smallModel(), [1]), {
    instanceOf: UserError,
    message: "there is no input 1 to be external: the model has 1, counted from 0",
  });
  const model = new ModelBuilder();
  const inputs = [0, 1, 2, 3].map(() => model.int8([1, 4], 0.05, 3));
  const built = model.build(inputs, [
    model.operator("CONCATENATION", inputs, model.int8([1, 16], 0.05, 3), { axis: 1 }),
  ]);
  t.notThrows(() => checkExternal(built, [0, 1, 2]));
  t.throws(() => checkExternal(built, [3]), { message: /only the first 3 can, 0 to 2/ });
});

test("a build with a list of operators has external inputs when it says so", async (t) => {
  const model = writeTflite(smallModel());
  const operators = ["SLICE", "RELU"];
  const without = await runModel(model, [seededInput(1, 32)], { operators, external: [0] });
  t.is(
    without.error?.text,
    "external inputs are not in this build; add them: npx loam inspect MODEL --operators FILE --external-input 0",
  );
  const [whole, external] = await Promise.all([
    runModel(model, [seededInput(1, 32)], { operators }),
    runModel(model, [seededInput(1, 32)], { operators, external: [0], defines: ["INFERENCE_EXTERNAL=1"] }),
  ]);
  t.deepEqual([whole.error, external.error], [undefined, undefined]);
  t.deepEqual(external.runs[0]!.outputs, whole.runs[0]!.outputs);
  t.true(external.arena < whole.arena);
});

test("a list of operators says that inputs may be external, and goes on saying so when the network changes", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-external-"));
  try {
    const list = path.join(folder, "operators.json");
    const network = path.join(folder, "model.tflite");
    await writeFile(network, writeTflite(smallModel()));
    const parsed = async () => JSON.parse(await readFile(list, "utf8")) as unknown;
    const expected = (operators: string) => ({ defines: { inference: { operators, external: 1 } } });
    await writeOperators(list, [network], "micro", true);
    t.deepEqual(await parsed(), expected("OPERATOR(RELU) OPERATOR(SLICE)"));
    t.is(await updateFirmwareOperators(folder), undefined);
    await writeFile(network, tinyModels().find(({ operator }) => operator === "TANH")!.model);
    await updateFirmwareOperators(folder);
    t.deepEqual(await parsed(), expected("OPERATOR(TANH)"));
  } finally {
    await rm(folder, { recursive: true });
  }
});

needs(mlperfTiny)(
  "visual wake words fits 24,000 bytes with its image outside, and gives TensorFlow Lite Micro's bytes",
  async (t) => {
    const reference = referenceModel("vww");
    const { model } = await readModel(reference.file);
    const fitted = await fitModel(model, 24_000, [0]);
    t.true(fitted.needed <= 24_000, `${fitted.needed}`);
    const micro = await InferenceSession.start("micro");
    try {
      for (const [seed, { output }] of reference.seeds) {
        const inputs = [[seededInput(seed, 96 * 96 * 3)]];
        const [result] = await inferWith(micro, fitted.bytes, inputs, { arena: fitted.needed, external: [0] });
        t.is(Buffer.from(result!.outputs[0]!).toString("hex"), output);
      }
    } finally {
      micro.close();
    }
  },
);

needs(tflm)("with TensorFlow Lite Micro, an external input is copied into the arena at each invoke", async (t) => {
  const bytes = writeTflite(smallModel());
  const runs = [1, 2].map((seed) => [seededInput(seed, 32)]);
  const micro = await infer(bytes, runs, { external: [0] });
  const theirs = await infer(bytes, runs, { external: [0], backend: "tflm" });
  t.deepEqual(
    theirs.map(({ outputs }) => outputs),
    micro.map(({ outputs }) => outputs),
  );
});
