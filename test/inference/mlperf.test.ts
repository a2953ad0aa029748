// Slow: every model on the emulated board
import { readFile } from "node:fs/promises";
import path from "node:path";
import { boardNames, runModel, type Board, type HarnessOptions } from "../../host-tools/board/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { writePrepared } from "../../host-tools/inference/prepared.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { boards, mlperfTiny, needs } from "../helpers/needs.js";
import { modelNames, referenceModel, seededInput, type ModelName } from "./models.js";

/**
 * Source of the truths: tflm-outputs.json, TensorFlow Lite Micro's reference kernels.
 * Limits: bytes of arena in all, and instructions on the emulated boards.
 */
const limits: Record<ModelName, { arena: number } & Record<Board, number>> = {
  kws: { arena: 9_600, rv32: 8_600_000, lx6: 5_300_000 },
  sww: { arena: 5_900, rv32: 2_600_000, lx6: 1_700_000 },
  ad: { arena: 1_024, rv32: 1_090_000, lx6: 750_000 },
  ic: { arena: 35_000, rv32: 34_000_000, lx6: 17_000_000 },
  vww: { arena: 39_900, rv32: 27_500_000, lx6: 15_000_000 },
};

const exampleLimit = { arena: 4_016, rv32: 900_000 };

function bytesOfInput(model: Uint8Array): number {
  const graph = readTflite(model).subgraphs[0]!;
  return graph.tensors[graph.inputs[0]!]!.shape.reduce((product, size) => product * size, 1);
}

for (const name of modelNames) {
  const check = async (options: HarnessOptions, prepared = false) => {
    const { file, seeds } = referenceModel(name);
    const bytes = await readFile(file);
    const model = prepared ? (await writePrepared(readTflite(bytes))).bytes : bytes;
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

  for (const target of boardNames)
    needs(mlperfTiny, boards[target])(
      `${name}: the emulated ${target} board gives the same bytes within its instructions and arena`,
      async (t) => {
        // The kernels for LX6 take at most 4 KB more of scratch. No room is left for a prepared table: the file's is used.
        const room = limits[name].arena + (target === "lx6" ? 4096 : 0);
        const result = await check({ target, arena: room }, true);
        t.is(result.error, undefined);
        for (const [run, [, truth]] of referenceModel(name).seeds.entries()) {
          t.deepEqual(result.runs[run]?.outputs, [truth.output]);
          t.deepEqual(
            result.runs[run]?.operators.map(({ hash }) => hash),
            truth.ops,
          );
          const most = limits[name][target];
          t.true(result.runs[run]!.count <= most, `${result.runs[run]!.count} instructions, at most ${most}`);
        }
        if (target === "rv32") t.is(result.arena, (await check({})).arena, "the plan is the same on 32 and 64 bits");
      },
    );
}

needs(boards.rv32)(
  "the example's network runs within its instructions and arena, with the table in its file",
  async (t) => {
    const model = await readFile(path.join(loamRoot, "device/model/model.tflite"));
    const result = await runModel(model, [seededInput(1, bytesOfInput(model))], {
      target: "rv32",
      arena: exampleLimit.arena,
    });
    t.is(result.error, undefined);
    const { count } = result.runs[0]!;
    t.true(count <= exampleLimit.rv32, `${count} instructions, at most ${exampleLimit.rv32}`);
  },
);
