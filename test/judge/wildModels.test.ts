// Slow: compiles TensorFlow Lite Micro
/** Public models with states, wake words with variables, and an LSTM; and the operators of one with int16 activations. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import {
  InferenceSession,
  inferWith,
  microArena,
  tflmArena,
  type Backend,
  type InferOptions,
} from "../../host-tools/inference/index.js";
import { elementBytes } from "tfjs-to-tflite/tflite/index.js";
import { needs, seanet, tflm, wakeWords, wildModel } from "../helpers/needs.js";
import { findSeanet, findWakeWords, findWildModel } from "../inference/wildModels.js";

const wild = ["esphome_v2_okay_nabu.tflite", "esphome_v2_vad.tflite", "tflm_trained_lstm_int8.tflite"];

/** Random inputs of several runs. */
function inputsOf(model: Uint8Array, runs: number): Uint8Array[][] {
  const random = new Random(runs);
  const { inputs, tensors } = readTflite(model).subgraphs[0]!;
  return Array.from({ length: runs }, () =>
    inputs.map((input) => {
      const { shape, type } = tensors[input]!;
      return new Uint8Array(random.int8s(sizeOf(shape) * elementBytes[type]!).buffer);
    }),
  );
}

interface Run {
  outputs: string[];
  trace: string;
}

/** The outputs of each run, and every operator's hash. */
async function run(
  backend: Backend,
  model: Uint8Array,
  inputs: Uint8Array[][],
  more: InferOptions = {},
): Promise<Run[]> {
  const session = await InferenceSession.start(backend);
  try {
    const results = await inferWith(session, model, inputs, { trace: true, ...more });
    return results.map(({ outputs, trace }) => ({
      outputs: outputs.map((bytes) => Buffer.from(bytes).toString("hex")),
      trace: trace!.map(({ operator, hash }) => `${operator} ${hash}`).join("\n"),
    }));
  } finally {
    session.close();
  }
}

/** Runs that depend on those before them, which a reset makes like the first run of a model that is loaded anew. */
async function states(file: string): Promise<{ differ: boolean; resets: boolean }> {
  const model = readFileSync(file);
  const inputs = inputsOf(model, 4);
  const going = await run("micro", model, inputs);
  const reset = await run("micro", model, inputs, { reset: true });
  const alone = await Promise.all(inputs.map(async (input) => (await run("micro", model, [input]))[0]!));
  return {
    differ: going.at(-1)!.trace !== reset.at(-1)!.trace,
    resets: JSON.stringify(reset) === JSON.stringify(alone),
  };
}

/** @returns whether the bytes of every operator in each run are TensorFlow Lite Micro's, which takes as much arena or more */
async function equals(file: string): Promise<boolean> {
  const model = readFileSync(file);
  const inputs = inputsOf(model, 12);
  for (const more of [{}, { reset: true }]) {
    const [ours, theirs] = [await run("micro", model, inputs, more), await run("tflm", model, inputs, more)];
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) return false;
  }
  const graph = readTflite(model);
  return (await microArena(model, graph)).needed <= tflmArena(graph).needed;
}

needs(wakeWords)("every wake word runs, remembers, and forgets at a reset", async (t) => {
  for (const file of findWakeWords())
    t.deepEqual(await states(file), { differ: true, resets: true }, path.basename(file));
});

needs(wakeWords, tflm)(
  "every operator of every wake word gives TensorFlow Lite Micro's bytes in 12 runs, with and without resets",
  async (t) => {
    for (const file of findWakeWords()) t.true(await equals(file), path.basename(file));
  },
);

for (const name of wild) {
  needs(wildModel(name))(`${name} runs, remembers, and forgets at a reset`, async (t) => {
    t.deepEqual(await states(findWildModel(name)!), { differ: true, resets: true });
  });
  needs(wildModel(name), tflm)(
    `${name}: every operator gives TensorFlow Lite Micro's bytes in 12 runs, with and without resets`,
    async (t) => {
      t.true(await equals(findWildModel(name)!));
    },
  );
}

needs(seanet, tflm)("every operator of SeaNet gives TensorFlow Lite Micro's bytes, whose arena is known", async (t) => {
  const [micro, theirs] = [await InferenceSession.start("micro"), await InferenceSession.start("tflm")];
  try {
    for (const file of findSeanet()) {
      const model = readFileSync(file);
      const inputs = inputsOf(model, 2);
      const outputs = async (session: InferenceSession) =>
        (await inferWith(session, model, inputs)).map((run) => run.outputs.map((bytes) => Buffer.from(bytes)));
      t.deepEqual(await outputs(micro), await outputs(theirs), path.basename(file));
      t.true(tflmArena(readTflite(model)).needed > 0, path.basename(file));
    }
  } finally {
    micro.close();
    theirs.close();
  }
});
