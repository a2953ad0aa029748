// Slow: compiles engines
/** int16 activations (16x8): what tiny models and random graphs do not reach. */
import test from "ava";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { runModel } from "../../host-tools/board/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { toInt16 } from "tfjs-to-tflite/graph/int16.js";
import type { Builtin } from "tfjs-to-tflite/graph/operators/index.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { fnv1a32 } from "../../host-tools/inference/hash.js";
import { infer, microArena } from "../../host-tools/inference/index.js";
import type { Options } from "tfjs-to-tflite/graph/types.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";

/** One operator that takes every int16 to something, in rows. */
function mapping(name: Builtin, scale: number, rows: number, options?: Options): Uint8Array {
  const builder = new ModelBuilder();
  const input = builder.int8([rows, 65536 / rows], 256 * scale, 0);
  const output = builder.operator(name, [input], builder.int8([rows, 65536 / rows], 1 / 128, 0), options);
  return writeTflite(toInt16(builder.build([input], [output])));
}

/** Every int16 once, neighbours far from each other. */
const everyNumber = new Uint8Array(Int16Array.from({ length: 65536 }, (_, i) => i * 12_347).buffer);

const outputOf = async (model: Uint8Array, backend: "micro" | "tflite"): Promise<Uint8Array> =>
  (await infer(model, [[everyNumber]], { backend }))[0]!.outputs[0]!;

/** Near powers of two as far as they are not taken for them, and the smallest and largest scales. */
const scales = [
  4e-14,
  1e-12,
  2 ** -13,
  1.0007 * 2 ** -12,
  0.9993 * 2 ** -12,
  1.002 * 2 ** -11,
  0.998 * 2 ** -11,
  1e-6,
  2.6,
];
const mappings: [name: Builtin, scale: number, rows: number, options?: Options][] = [
  ...(["LOGISTIC", "TANH"] as const).flatMap((name) =>
    scales.map((scale): [name: Builtin, scale: number, rows: number] => [name, scale, 1]),
  ),
  ["LOGISTIC", 2 ** -11, 1],
  ["SOFTMAX", 0.0007, 4096, { beta: 1 }],
  ["SOFTMAX", 0.003, 512, { beta: 0.5 }],
  ["SOFTMAX", 0.02, 8192, { beta: 2 }],
  ["SOFTMAX", 0.00003, 4, { beta: 1 }],
  ["SOFTMAX", 0.3, 65536, { beta: 1 }],
  ["SOFTMAX", 0.0011, 8192, { beta: 0.7 }],
  ["SOFTMAX", 0.0123, 4096, { beta: 1.3 }],
];
test("LOGISTIC, TANH and SOFTMAX of every int16, at many scales: the numbers of desktop TensorFlow Lite", async (t) => {
  for (const [name, scale, rows, options] of mappings) {
    const model = mapping(name, scale, rows, options);
    const [micro, desktop] = [await outputOf(model, "micro"), await outputOf(model, "tflite")];
    t.true(Buffer.from(micro).equals(desktop), `${name}, scale ${scale}, ${rows} rows`);
  }
});

/** What desktop computes otherwise: scales that are taken for powers of two, and how a sum's reciprocal is rounded. FNV-1a-32 of TensorFlow Lite Micro's output. */
const recorded: [name: Builtin, scale: number, rows: number, hash: string][] = [
  ...[1, 1.0005, 0.9995].flatMap((near): [name: Builtin, scale: number, rows: number, hash: string][] => [
    ["LOGISTIC", near * 2 ** -12, 1, "13900175"],
    ["TANH", near * 2 ** -12, 1, "23e9200d"],
    ["TANH", near * 2 ** -11, 1, "a82f1975"],
  ]),
  ["SOFTMAX", 0.0001, 16384, "5accee06"],
];
test("LOGISTIC, TANH and SOFTMAX of every int16 where desktop differs: the numbers of TensorFlow Lite Micro", async (t) => {
  for (const [name, scale, rows, hash] of recorded) {
    const output = await outputOf(mapping(name, scale, rows, name === "SOFTMAX" ? { beta: 1 } : {}), "micro");
    t.is(fnv1a32(output).toString(16).padStart(8, "0"), hash, `${name}, scale ${scale}`);
  }
});

/** A tiny model with a change. */
function changed(name: string, change: (tensors: TfliteModel["subgraphs"][0]["tensors"]) => void): Uint8Array {
  const model = readTflite(tinyModels().find((tiny) => tiny.name === name)!.model);
  change(model.subgraphs[0]!.tensors);
  return writeTflite(model);
}

const refused: [what: string, model: Uint8Array, why: string][] = [
  [
    "a zero point",
    changed("ADD-0-int16", (tensors) => (tensors[1]!.quantization!.zeroPoint = [3])),
    "ADD #0: tensor 1 must be int16 with one scale and zero point 0",
  ],
  [
    "an output of int8",
    changed("CONV_2D-0-int16", (tensors) => (tensors.at(-1)!.type = "INT8")),
    "CONV_2D #0: tensor 3 must be int16 with one scale and zero point 0",
  ],
  [
    "a bias of floats",
    changed("FULLY_CONNECTED-0-int16", (tensors) => {
      tensors[2]!.type = "COMPLEX64";
    }),
    "FULLY_CONNECTED #0: tensor 2 must be a constant of int64 or int32",
  ],
  [
    "a scale that 15 bits do not hold",
    changed("TANH-0-int16", (tensors) => (tensors[0]!.quantization!.scale = [3])),
    "TANH #0: tensor 0 must have a scale from 3.8e-14 to 2.6",
  ],
  [
    "another output than a probability",
    changed("SOFTMAX-0-int16", (tensors) => (tensors[1]!.quantization!.scale = [1 / 256])),
    "SOFTMAX #0: tensor 1 must have scale 1/32768",
  ],
  [
    "a layer that makes large numbers of small ones",
    changed("DEPTHWISE_CONV_2D-0-int16", (tensors) => (tensors.at(-1)!.quantization!.scale = [1e-9])),
    "DEPTHWISE_CONV_2D #0: tensor 1 has a scale (channel 0) that is too large for its layer",
  ],
];

for (const [what, model, why] of refused)
  test(`int16 with ${what} is refused`, async (t) => {
    await t.throwsAsync(microArena(model, readTflite(model)), { message: `backend micro: ${why}` });
  });

test("a build of some operators takes int16 where it is asked for, and drops it where not", async (t) => {
  const { model } = tinyModels().find(({ name }) => name === "ADD-0-int16")!;
  const input = Uint8Array.from({ length: 24 }, (_, i) => i * 31);
  const operators = ["ADD"];
  const without = await runModel(model, [input], { operators });
  t.is(without.error?.text, "ADD #0: tensor 0 must be int8 with one scale");
  const asked = await runModel(model, [input], { operators, defines: ["INFERENCE_INT16=1"] });
  const whole = await runModel(model, [input]);
  t.deepEqual(asked.runs[0]?.outputs, whole.runs[0]?.outputs);
  t.truthy(whole.runs[0]);
});
