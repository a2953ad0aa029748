/** What TensorFlow Lite Micro's kernels refuse when they prepare an operator, measured on TensorFlow Lite Micro itself: it runs those of which nothing is said. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { tflmParser } from "tfjs-to-tflite/graph/tflmOperators.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { builtinNames, type Subgraph, type TfliteModel, type TfliteOperator } from "tfjs-to-tflite/tflite/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";
import { InferenceSession } from "../../host-tools/inference/index.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { needs, tflm } from "../helpers/needs.js";
import { calling, mixed, modelsOf } from "./tflmModels.js";
import { runs, saidOf } from "./tflmRuns.js";

type Change = (operator: TfliteOperator, graph: Subgraph) => void;

const tiny = (name: string): TfliteModel =>
  readTflite(tinyModels().find((each) => each.name === name || each.operator === name)!.model);

/** A copy, whose operators of that name are changed. */
function changed(model: TfliteModel, name: string, change: Change): TfliteModel {
  const copy = structuredClone(model);
  const graph = copy.subgraphs[0]!;
  for (const operator of graph.operators)
    if (builtinNames[copy.operatorCodes[operator.opcodeIndex]!.builtinCode] === name) change(operator, graph);
  return copy;
}

const moreInputs: Change = (operator) => operator.inputs.push(operator.inputs.find((input) => input >= 0)!);
const moreOutputs: Change = ({ outputs }, { tensors }) =>
  outputs.push(tensors.push({ ...tensors[outputs[0]!]!, name: "more" }) - 1);
const counts: Readonly<Record<string, Change>> = {
  "an input more": moreInputs,
  "an input less": (operator) => operator.inputs.pop(),
  "an output more": moreOutputs,
};
/** What they make of more or less is up to options and sizes. */
const anyCount = ["CONCATENATION", "SPLIT", "SPLIT_V", "PAD"];

needs(tflm)("an operator with an input or output more or less runs where nothing is said of it", async (t) => {
  const session = await InferenceSession.start("tflm");
  try {
    for (const name of tflmParser.keys()) {
      if (calling.includes(name) || anyCount.includes(name)) continue;
      const model = mixed.includes(name)
        ? tiny(name)
        : modelsOf(name)
            .map(([, each]) => each)
            .find((each) => saidOf(each).length === 0)!;
      for (const [what, change] of Object.entries(counts)) {
        const other = changed(model, name, (operator, graph) => {
          if (what !== "an output more" || operator.outputs.length > 0) change(operator, graph);
        });
        const said = saidOf(other);
        t.is(await runs(session, other), said.length === 0, `${name} with ${what}: ${said.join("; ") || "runs"}`);
      }
    }
  } finally {
    session.close();
  }
});

const weightScales =
  (count: number, quantizedDimension: number): Change =>
  ({ inputs }, { tensors }) =>
    (tensors[inputs[1]!]!.quantization = {
      scale: Array<number>(count).fill(0.01),
      zeroPoint: Array<number>(count).fill(0),
      quantizedDimension,
    });
/** One scale of weights, and a bias with this many times what goes with it. */
const biasBy =
  (factor: number): Change =>
  (operator, graph) => {
    const { tensors } = graph;
    const [input, weights, bias] = operator.inputs.map((index) => tensors[index]!.quantization!);
    weightScales(1, 0)(operator, graph);
    bias!.scale = [input!.scale[0]! * weights!.scale[0]! * factor];
  };
const withoutScale =
  (input: number): Change =>
  ({ inputs }, { tensors }) => {
    delete tensors[inputs[input]!]!.quantization;
  };
const layers: [operator: string, change: Change, said: RegExp | undefined][] = [
  ["FULLY_CONNECTED", biasBy(1), undefined],
  ["FULLY_CONNECTED", biasBy(2), undefined],
  ["FULLY_CONNECTED", biasBy(1000), /^FULLY_CONNECTED #0: its bias has scale .* wants that of the input by that of/],
  [
    "FULLY_CONNECTED",
    (operator, graph) => {
      biasBy(1000)(operator, graph);
      operator.inputs.pop();
    },
    undefined,
  ],
  ["FULLY_CONNECTED", weightScales(2, 0), /^FULLY_CONNECTED #0: its weights of shape .* have 2 scales in dimension 0/],
  ["CONV_2D", biasBy(1000), undefined],
  ["CONV_2D", weightScales(2, 0), /^CONV_2D #0: its weights of shape .* have 2 scales in dimension 0/],
  ["DEPTHWISE_CONV_2D", weightScales(2, 3), /^DEPTHWISE_CONV_2D #0: its weights of shape .* have 2 scales/],
  ["CONV_2D", withoutScale(0), /^CONV_2D #0: its input or weights have no scale and zero point, and/],
  [
    "DEPTHWISE_CONV_2D",
    withoutScale(1),
    /^DEPTHWISE_CONV_2D #0: its input or weights have no scale and zero point, and/,
  ],
  ["TRANSPOSE_CONV", withoutScale(2), /^TRANSPOSE_CONV #0: its input or weights have no scale and zero point, and/],
  ["TRANSPOSE_CONV", weightScales(2, 0), /^TRANSPOSE_CONV #0: its weights of shape .* have 2 scales/],
];

test("a layer is told what scale its bias, and how many its weights must have", (t) => {
  for (const [name, change, said] of layers) {
    const [line] = saidOf(changed(tiny(name), name, change));
    if (said) t.regex(line!, said);
    else t.is(line, undefined, name);
  }
});

needs(tflm)("TensorFlow Lite Micro refuses those layers, and runs the others", async (t) => {
  const session = await InferenceSession.start("tflm");
  try {
    for (const [name, change, said] of layers)
      t.is(await runs(session, changed(tiny(name), name, change)), !said, `${name}: ${String(said)}`);
  } finally {
    session.close();
  }
});

const outputShape =
  (change: (shape: readonly number[]) => number[]): Change =>
  ({ outputs }, { tensors }) => {
    const tensor = tensors[outputs[0]!]!;
    tensor.shape = change(tensor.shape);
  };
const outer = outputShape((shape) => [1, ...shape]);
const inner = outputShape((shape) => [...shape, 1]);
const reversed = outputShape((shape) => [...shape].reverse());
const shaped = `
  ARG_MAX ARG_MIN AVERAGE_POOL_2D CAST CEIL CONCATENATION CONV_2D CUMSUM DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE ELU EQUAL EXP FLOOR FLOOR_DIV FLOOR_MOD GREATER GREATER_EQUAL
  HARD_SWISH L2_NORMALIZATION LEAKY_RELU LESS LESS_EQUAL LOGICAL_AND LOGICAL_OR LOG_SOFTMAX MAX_POOL_2D NEG NOT_EQUAL RELU RELU6 RESIZE_BILINEAR
  RESIZE_NEAREST_NEIGHBOR ROUND SOFTMAX SPACE_TO_DEPTH SVDF TANH TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM ZEROS_LIKE
`
  .trim()
  .split(/\s+/);
const modelsOfName = (name: string): TfliteModel[] =>
  mixed.includes(name) ? [tiny(name)] : modelsOf(name).map(([, model]) => model);

test("an output with a dimension more than the kernel takes is said", (t) => {
  for (const name of shaped)
    for (const model of modelsOfName(name).filter((each) => saidOf(each).length === 0))
      t.regex(saidOf(changed(model, name, outer))[0] ?? "", / #0: its output has shape \[1, .* wants /, name);
});

needs(tflm)("TensorFlow Lite Micro runs no operator of whose output's shape something is said", async (t) => {
  const session = await InferenceSession.start("tflm");
  try {
    for (const name of tflmParser.keys()) {
      if (calling.includes(name)) continue;
      for (const model of modelsOfName(name).filter((each) => saidOf(each).length === 0))
        for (const change of [outer, inner, reversed]) {
          const other = changed(model, name, (operator, graph) => {
            if (operator.outputs.length > 0) change(operator, graph);
          });
          const said = saidOf(other);
          if (said.length > 0) t.false(await runs(session, other), `${name}: ${said.join("; ")}`);
        }
    }
  } finally {
    session.close();
  }
});

needs(tflm)(
  "arena asks TensorFlow Lite Micro itself: no figures of a model that it refuses, whatever is said of it",
  async (t) => {
    const swapped = changed(tiny("SUM"), "SUM", ({ inputs }) => inputs.reverse());
    t.deepEqual(saidOf(swapped), []);
    const file = path.join(await mkdtemp(path.join(tmpdir(), "loam-asked-")), "sum.tflite");
    t.teardown(() => rm(path.dirname(file), { recursive: true }));
    for (const [model, exitCode] of [[tiny("SUM"), 0] as const, [swapped, 1] as const]) {
      await writeFile(file, writeTflite(model));
      const loam = path.join(loamRoot, "host-tools/bin/loam.js");
      const result = await execa("node", [loam, "arena", file, "--backend", "tflm"], { reject: false });
      t.is(result.exitCode, exitCode, result.stderr);
      t.is(result.stdout.includes("tflm needs"), exitCode === 0);
      if (exitCode === 1) t.regex(result.stderr, /SUM #0: TensorFlow Lite Micro cannot prepare it/);
    }
  },
);
