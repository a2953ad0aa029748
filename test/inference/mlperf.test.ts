// Slow: every model on the emulated board
import { readFile } from "node:fs/promises";
import { runModel, type HarnessOptions } from "../../host-tools/board/index.js";
import { readTflite } from "../../host-tools/graph/tflite.js";
import { board, mlperfTiny, needs } from "../helpers/needs.js";
import { modelNames, referenceModel, seededInput, type ModelName } from "./models.js";

/**
 * Source of the truths: tflm-outputs.json, TensorFlow Lite Micro's reference kernels.
 * Limits: bytes of arena in all, and instructions on RV32IMC.
 */
const limits: Record<ModelName, { arena: number; instructions: number }> = {
  kws: { arena: 12_000, instructions: 12_000_000 },
  sww: { arena: 8_000, instructions: 2_900_000 },
  ad: { arena: 1_600, instructions: 1_100_000 },
  ic: { arena: 36_000, instructions: 45_000_000 },
  vww: { arena: 44_000, instructions: 31_000_000 },
};

function bytesOfInput(model: Uint8Array): number {
  const graph = readTflite(model).subgraphs[0]!;
  return graph.tensors[graph.inputs[0]!]!.shape.reduce((product, size) => product * size, 1);
}

for (const name of modelNames) {
  const check = async (options: HarnessOptions) => {
    const { file, seeds } = referenceModel(name);
    const model = await readFile(file);
    return runModel(
      model,
      seeds.map(([seed]) => seededInput(seed, bytesOfInput(model))),
      { trace: true, ...options },
    );
  };

  needs(mlperfTiny)(`${name}: every operator's output is TensorFlow Lite Micro's, sanitizers watching`, async (t) => {
    const result = await check({ sanitize: true, optimize: "-O2" });
    t.is(result.error, undefined);
    for (const [run, [, truth]] of referenceModel(name).seeds.entries()) {
      t.deepEqual(result.runs[run]?.outputs, [truth.output]);
      t.deepEqual(
        result.runs[run]?.operators.map(({ hash }) => hash),
        truth.ops,
      );
    }
    t.true(result.arena <= limits[name].arena, `${result.arena} bytes of arena`);
  });

  needs(mlperfTiny)(
    `${name}: an arena of just the size that is needed is enough, one byte less is an error with both sizes`,
    async (t) => {
      const { file, seeds } = referenceModel(name);
      const model = await readFile(file);
      const needed = (await check({ sanitize: true, optimize: "-O2" })).arena;
      const exact = await check({ sanitize: true, optimize: "-O2", arena: needed });
      t.is(exact.arena, needed);
      t.deepEqual(exact.runs[0]?.outputs, [seeds[0]![1].output]);
      const { error } = await runModel(model, [], { sanitize: true, optimize: "-O2", arena: needed - 1 });
      t.like(error, { status: 4, needed, given: needed - 1 });
      t.regex(error!.text, /1 short/);
    },
  );

  needs(mlperfTiny, board)(
    `${name}: the emulated board gives the same bytes within its instructions and arena`,
    async (t) => {
      const result = await check({ target: "rv32" });
      for (const [run, [, truth]] of referenceModel(name).seeds.entries()) {
        t.deepEqual(result.runs[run]?.outputs, [truth.output]);
        t.deepEqual(
          result.runs[run]?.operators.map(({ hash }) => hash),
          truth.ops,
        );
        const { instructions } = limits[name];
        t.true(
          result.runs[run]!.count <= instructions,
          `${result.runs[run]!.count} instructions, at most ${instructions}`,
        );
      }
      t.is(result.arena, (await check({})).arena, "the plan is the same on 32 and 64 bits");
    },
  );
}
