// Slow: random graphs through engine and judges
/** micro with esp-nn's convolutions, as an ESP32 firmware may choose it: on a stand-in for esp-nn, and on its kernels in C where ESP_NN_DIR is set. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { espNnKernels, type EspNnKernels } from "../../host-tools/inference/espNnSources.js";
import { InferenceSession, inferWith } from "../../host-tools/inference/index.js";
import { espNnProgram } from "../../host-tools/inference/programs.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { espNn, mlperfTiny, needs, type Need } from "../helpers/needs.js";
import { modelNames, referenceModel, seededInput } from "../inference/models.js";
import { engineRules } from "tfjs-to-tflite/graph/operators/index.js";
import { quantized } from "tfjs-to-tflite/graph/operators/shared/random.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { traceOf } from "./check.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { randomGraph } from "./randomGraph.js";
import { readRecorded } from "./recorded.js";

/** Two convolutions in a row, over images and channels of the sizes that kernels are written for. */
function twoConvolutions(seed: number) {
  const random = new Random(seed);
  for (;;) {
    const model = new ModelBuilder();
    const shape = [1, random.int(1, 24), random.int(1, 24), random.pick([1, 3, 4, 8, 12, 16, 24, 32])];
    const { scale, zeroPoint } = quantized(random);
    const from = model.int8(shape, scale, zeroPoint);
    const middle = engineRules(random.pick(["CONV_2D", "DEPTHWISE_CONV_2D"] as const)).random({
      model,
      random,
      from,
      pool: [from],
    });
    const out =
      middle === undefined
        ? undefined
        : engineRules(random.pick(["CONV_2D", "DEPTHWISE_CONV_2D"] as const)).random({
            model,
            random,
            from: middle,
            pool: [middle],
          });
    if (out === undefined) continue;
    return {
      model: model.build([from], [out]),
      inputs: [new Uint8Array(random.int8s(shape.reduce((a, b) => a * b, 1)).buffer)],
    };
  }
}

const standIn = path.join(loamRoot, "test/judge/espnn");
const kernels: [which: string, kernels: () => EspNnKernels, needed: Need[]][] = [
  [
    "a stand-in that insists on aligned, separate buffers",
    () => ({
      flags: [`-I${standIn}`],
      jobs: [
        {
          source: path.join(standIn, "standIn.c"),
          flags: ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", `-I${standIn}`],
        },
      ],
    }),
    [],
  ],
  ["esp-nn's plain kernels", () => espNnKernels(false), [espNn]],
  ["esp-nn's kernels for chips without vectors", () => espNnKernels(true), [espNn]],
];

for (const [which, made, needed] of kernels) {
  needs(mlperfTiny, ...needed)(`${which}: every operator of the MLPerf Tiny models`, async (t) => {
    const [esp, portable] = [
      await InferenceSession.start("micro", await espNnProgram(made())),
      await InferenceSession.start("micro"),
    ];
    try {
      for (const name of modelNames) {
        const { file, seeds } = referenceModel(name);
        const bytes = await readFile(file);
        const { tensors, inputs } = readTflite(bytes).subgraphs[0]!;
        const size = tensors[inputs[0]!]!.shape.reduce((a, b) => a * b, 1);
        for (const [seed, truth] of seeds) {
          const input = [[seededInput(seed, size)]];
          const [[theirs], [ours]] = [
            await inferWith(esp, bytes, input, { trace: true }),
            await inferWith(portable, bytes, input),
          ];
          t.deepEqual(
            theirs!.trace!.map(({ hash }) => hash),
            truth.ops,
            `${name}, seed ${seed}`,
          );
          if (name !== "ad")
            t.true(
              theirs!.arenaUsed! > ours!.arenaUsed!,
              `${name}: ${theirs!.arenaUsed} bytes with whole buffers, so esp-nn computes it`,
            );
          const exact = await inferWith(esp, bytes, input, { trace: true, arena: theirs!.arenaUsed! });
          t.deepEqual(exact[0]!.trace, theirs!.trace);
        }
      }
    } finally {
      esp.close();
      portable.close();
    }
  });

  needs(...needed)(`${which}: random graphs and convolutions`, async (t) => {
    const [esp, portable] = [
      await InferenceSession.start("micro", await espNnProgram(made())),
      await InferenceSession.start("micro"),
    ];
    try {
      for (const [seed, recorded] of readRecorded().entries())
        t.is((await traceOf(esp, randomGraph(seed))).map(({ hash }) => hash).join(""), recorded, `seed ${seed}`);
      let whole = 0;
      for (let seed = 0; seed < 1000; seed++) {
        const { model, inputs } = twoConvolutions(seed);
        const bytes = writeTflite(model);
        const [[theirs], [ours]] = [
          await inferWith(esp, bytes, [inputs], { trace: true }),
          await inferWith(portable, bytes, [inputs], { trace: true }),
        ];
        t.deepEqual(theirs!.trace, ours!.trace, `seed ${seed}`);
        if (theirs!.arenaUsed! > ours!.arenaUsed!) whole++;
      }
      t.true(whole > 300, `${whole} of 1000 have whole buffers`);
    } finally {
      esp.close();
      portable.close();
    }
  });
}
