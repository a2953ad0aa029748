/** What TensorFlow Lite Micro's kernels stop at with an assertion: it is said, refused by name before they run, and no program ends of it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel, TfliteOperator, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { tensorBytes } from "../../host-tools/inference/graph.js";
import { InferenceError, InferenceSession, inferWith } from "../../host-tools/inference/index.js";
import { placesOf } from "../../host-tools/inference/places.js";
import { tflmFigures, tflmSupport } from "../../host-tools/inference/tflmSupport.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { needs, tflm } from "../helpers/needs.js";

type Change = (tensors: TfliteTensor[], operator: TfliteOperator) => void;

/** The first tiny model of an operator, or that of a name, changed. */
function changed(name: string, change: Change): TfliteModel {
  const model = readTflite(tinyModels().find((tiny) => tiny.name === name || tiny.operator === name)!.model);
  const graph = model.subgraphs[0]!;
  change(graph.tensors, graph.operators[0]!);
  return model;
}

const zero =
  (tensor: number, point: number): Change =>
  (tensors) =>
    (tensors[tensor]!.quantization!.zeroPoint = [point]);
const scale =
  (tensor: number, value: number): Change =>
  (tensors) =>
    (tensors[tensor]!.quantization!.scale = tensors[tensor]!.quantization!.scale.map(() => value));
const option =
  (name: string, value: number): Change =>
  (_, operator) =>
    (operator.options![name] = value);

const weights = "its weights have a zero point other than 0";
const scales = "its scales are 0, or too far apart";
const exponent = "its scale, or beta, is not positive or too small";
const compared = "a scale is 0, or 1 or more";
const stops: [operator: string, change: Change, why: string][] = [
  ["FULLY_CONNECTED", zero(1, 5), weights],
  ["FULLY_CONNECTED-0-int16", zero(1, -1), weights],
  ["UNIDIRECTIONAL_SEQUENCE_LSTM", zero(5, 1), weights],
  ["UNIDIRECTIONAL_SEQUENCE_LSTM", option("fusedActivation", 0), "its activation is not TANH"],
  ["SOFTMAX", option("beta", 0), exponent],
  ["SOFTMAX", option("beta", -1), exponent],
  ["SOFTMAX", scale(0, 1e-12), exponent],
  ["LOG_SOFTMAX", scale(0, 1e-12), exponent],
  ["ADD", scale(0, 0), scales],
  ["ADD", scale(2, 1e-12), scales],
  ["ADD-0-int16", scale(0, 1e6), scales],
  ["ADD", zero(0, 128), "a zero point is none of its type's numbers"],
  ["SUB", scale(1, 1e6), scales],
  ["SQUARED_DIFFERENCE", scale(1, 0), scales],
  ["CONV_2D-0-int16", scale(3, 1e-12), scales],
  ["TRANSPOSE_CONV-0-int16", scale(2, 1e6), scales],
  ["EQUAL", scale(0, 1), compared],
  ["LESS", scale(1, 0), compared],
  ["LOGISTIC-0-int16", scale(0, 20), "its input's scale is above 2.6"],
  ["TANH", scale(0, 1e-39), "its input's scale is below 2^-59"],
  ["DEPTHWISE_CONV_2D", option("depthMultiplier", 7), "its depth multiplier does not make its output's channels"],
  ["SVDF", option("rank", 0), "its rank is not positive"],
  ["SPACE_TO_DEPTH", option("blockSize", 0), "its block is not positive"],
  ["PACK", option("valuesCount", 5), "it has another number of inputs than its options say"],
  ["UNPACK", option("num", 5), "it has another number of outputs than its options say"],
];

/** A run on numbers that are all 1. */
function run(session: InferenceSession, model: TfliteModel): Promise<unknown> {
  const { tensors, inputs } = model.subgraphs[0]!;
  const ones = inputs.map((input) => new Uint8Array(tensorBytes(tensors[input]!)).fill(1));
  return inferWith(session, writeTflite(model), [ones], { arena: 1 << 18 });
}

for (const [operator, change, why] of stops) {
  const model = changed(operator, change);
  const name = operator.replace(/-.*/, "");
  test(`${operator}, where ${why}: it is said (${stops.findIndex((each) => each[1] === change)})`, (t) => {
    t.deepEqual(tflmSupport(model, placesOf(model)), [`${name} #0: ${why}, at which TensorFlow Lite Micro stops`]);
    t.throws(() => tflmFigures(model), { message: new RegExp(`^it does not run on tflm: ${name} #0: `) });
  });
}

test("the backend and the tools have rules for the same operators, in the same words", (t) => {
  const found = (file: string, pattern: RegExp): string[] => {
    const text = readFileSync(path.join(loamRoot, file), "utf8");
    return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))].sort();
  };
  const [backend, tools] = ["native/inference/tflm/tflmStops.cc", "host-tools/inference/tflmStops.ts"] as const;
  const operators = found(backend, /case BuiltinOperator_(\w+):/g);
  t.true(operators.length > 0);
  t.deepEqual(found(tools, /^ {2}([A-Z][A-Z0-9_]+): /gm), operators);
  const words = /"((?:its|it|a) [^"]+)"/g;
  const reasons = found(backend, words);
  t.deepEqual(found(tools, words), reasons);
  for (const [, , why] of stops) t.true(reasons.includes(why), why);
});

needs(tflm)("all of them are refused in those words, by one program, in which a model runs after them", async (t) => {
  const session = await InferenceSession.start("tflm");
  try {
    for (const [operator, change, why] of stops)
      await t.throwsAsync(
        run(session, changed(operator, change)),
        {
          instanceOf: InferenceError,
          message: `backend tflm: ${operator.replace(/-.*/, "")} #0: ${why}, at which TensorFlow Lite Micro stops`,
        },
        operator,
      );
    await t.notThrowsAsync(run(session, readTflite(tinyModels()[0]!.model)));
  } finally {
    session.close();
  }
});

/** Shapes and values that do not go together, which only the kernels look at. */
const contradictions: [operator: string, change: Change][] = [
  ["CONCATENATION", option("axis", 0)],
  ["SOFTMAX", (tensors) => tensors[0]!.shape.push(2)],
  ["MAX_POOL_2D", (tensors) => (tensors[0]!.shape = [1, 1])],
  ["CAST", (tensors) => tensors[1]!.shape.push(3)],
];

needs(tflm)("a kernel that stops for another reason is named, and the program serves on", async (t) => {
  const session = await InferenceSession.start("tflm");
  try {
    for (const [operator, change] of contradictions)
      await t.throwsAsync(run(session, changed(operator, change)), {
        instanceOf: InferenceError,
        message: new RegExp(`^backend tflm: ${operator} #0: TensorFlow Lite Micro (stops at it|cannot prepare it)`),
      });
    const empty = changed("SQUEEZE", (tensors) => (tensors.at(-1)!.shape = [1, 0, 3]));
    const line = /SQUEEZE #0: (has shape \[1, 0, 3\] as output 0|an output has no elements), .*TensorFlow Lite Micro/;
    t.regex(tflmSupport(empty, placesOf(empty))[0]!, line);
    await t.throwsAsync(run(session, empty), { instanceOf: InferenceError, message: line });
    await t.notThrowsAsync(run(session, readTflite(tinyModels()[0]!.model)));
  } finally {
    session.close();
  }
});
