import * as tf from "@tensorflow/tfjs-core";
import test from "ava";
import { graphOfGraphModel, opTable, type GraphModel } from "tfjs-to-tflite/convert/graphModel/index.js";
import { convertModel, type Conversion } from "../../host-tools/convert/index.js";
import { measuredOpsFile } from "../../host-tools/generate/layers.js";
import { infer, InferenceError, type Backend } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import type { Graph } from "tfjs-to-tflite/graph/graph.js";
import { leastSnr, sameNumbers, snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { Figures } from "./figures.js";
import { loadTfjsGraphModel } from "../../host-tools/convert/runnable.js";
import { GraphModelMaker } from "./graphModels.js";
import { opCases, preluForms } from "./graphOps.js";
import { chanceOf } from "./randomModels.js";
import { run, toBytes } from "./run.js";

test.before(startPlainBackend);

/** Random samples of a model's inputs, in the order of the converted graph. */
function randomInputs({ inputs, tensors }: Graph, count: number): tf.Tensor[] {
  const chance = chanceOf(9);
  return inputs.map((index) => {
    const { shape: one, type, below = 0 } = tensors[index]!;
    const shape = [count, ...one.slice(1)];
    const size = shape.reduce((a, b) => a * b, 1);
    if (type === "INT32")
      return tf.tensor(
        Array.from({ length: size }, () => chance.int(0, below - 1)),
        shape,
      );
    return tf.tensor(
      Array.from({ length: size }, () => 2 * chance.normal()),
      shape,
    );
  });
}

/** Ops that tfjs's own executor does not have, and that hand on what they are given. */
const handOn = ["PreventGradient", "CheckNumerics"];

function withIdentities(model: GraphModel): GraphModel {
  const node = model.json.modelTopology.node.map((each) =>
    handOn.includes(each.op) ? { ...each, op: "Identity" } : each,
  );
  return { ...model, json: { ...model.json, modelTopology: { ...model.json.modelTopology, node } } };
}

/** A random input, and what tfjs makes of it. */
async function predicted(
  model: GraphModel,
  names: readonly string[],
): Promise<{ graph: Graph; inputs: tf.Tensor[]; outputs: tf.Tensor[] }> {
  const graph = graphOfGraphModel(model, "model");
  const inputs = randomInputs(graph, 1);
  const tfjs = await loadTfjsGraphModel(withIdentities(model));
  const given = Object.fromEntries(graph.inputs.map((index, i) => [graph.tensors[index]!.name, inputs[i]!]));
  return { graph, inputs, outputs: [tfjs.execute(given, [...names])].flat() };
}

const figures = new Figures(measuredOpsFile);
const note = ({ json }: GraphModel, found: Parameters<Figures["note"]>[1]): void =>
  figures.note(
    json.modelTopology.node.map(({ op }) => op).filter((op) => Object.hasOwn(opTable, op)),
    found,
  );
test.after("figures of docs/convert.md", () => figures.write());

/** What no engine computes with integers stays float32, and micro does not run it. */
const isMixed = ({ summary }: Conversion): boolean => summary.operators.some(({ type }) => type === "float32");

const toInt8 = (model: GraphModel, graph: Graph): Promise<Conversion> =>
  convertModel(model, {
    mode: "int8",
    name: "op",
    calibration: randomInputs(graph, 8),
    range: "minmax",
    mixed: true,
  });

function built([, { inputs, build }]: (typeof opCases)[number]): { model: GraphModel; outputs: string[] } {
  const maker = new GraphModelMaker();
  const names = inputs.map((shape, i) => maker.input(`input${i}`, shape));
  const outputs = [build(maker, names)].flat();
  return { model: maker.model(Object.fromEntries(outputs.map((name, i) => [`output${i}`, name]))), outputs };
}

for (const each of opCases) {
  test(`equals tfjs: ${each[0]}`, async (t) => {
    const { model, outputs } = built(each);
    const { inputs, outputs: truth } = await predicted(model, outputs);
    const conversion = await convertModel(model, { mode: "float", name: "op" });
    t.deepEqual(
      conversion.summary.outputs.map(({ name }) => name.replace(/_\d$/, "")),
      outputs.map((_, i) => `output${i}`),
    );
    const results = await run(conversion, inputs, { backend: "tflite" });
    truth.forEach((tensor, i) => {
      t.deepEqual(conversion.summary.outputs[i]!.shape, tensor.shape);
      note(model, { float: sameNumbers(t, results[i]!, tensor.dataSync(), `output ${i}`) });
    });
  });
}

/** 16x8 where each operator has a kernel for that; undefined for one that does not (sixteen.test.ts). */
const toInt16 = (model: GraphModel, graph: Graph): Promise<Conversion | undefined> =>
  convertModel(model, {
    mode: "int8",
    activations: "int16",
    name: "op",
    calibration: randomInputs(graph, 8),
  }).catch((error: unknown) => {
    if (!String(error).includes("no kernel with activations of int16")) throw error;
    return undefined;
  });

for (const each of opCases) {
  test(`16x8 by the engine, against tfjs: ${each[0]}`, async (t) => {
    const { model, outputs } = built(each);
    const { outputs: truth, inputs, graph } = await predicted(model, outputs);
    const conversion = await toInt16(model, graph);
    if (!conversion) return t.pass();
    const results = await run(conversion, inputs, { backend: "micro" });
    truth.forEach((tensor, i) => {
      const snr16 = snrOf(results[i]!, tensor.dataSync());
      t.true(snr16 >= leastSnr, `output ${i}: ${snr16} dB`);
      note(model, { snr16 });
    });
  });
}

for (const each of opCases) {
  test(`int8 by the engine, against tfjs: ${each[0]}`, async (t) => {
    const { model, outputs } = built(each);
    const { outputs: truth, inputs, graph } = await predicted(model, outputs);
    const conversion = await toInt8(model, graph);
    const micro = !isMixed(conversion);
    const results = await run(conversion, inputs, { backend: micro ? "micro" : "tflite" });
    truth.forEach((tensor, i) => {
      const snr = snrOf(results[i]!, tensor.dataSync());
      t.true(snr >= leastSnr, `output ${i}: ${snr} dB`);
      note(model, { snr, micro });
    });
  });
}

/** 0 over a large divisor is shifted by more than 31 bits, at which gemmlowp's RoundingDivideByPOT stops TensorFlow Lite Micro where assertions are compiled in. */
const stops = /^DIV #\d+: TensorFlow Lite Micro stops at it with an assertion/;

/** The most steps between two outputs of int8. */
function mostApart(a: readonly Uint8Array[][], b: readonly Uint8Array[][]): number {
  const [left, right] = [a, b].map((runs) => runs.flat().flatMap((bytes) => [...new Int8Array(bytes.slice().buffer)]));
  return Math.max(...left!.map((value, i) => Math.abs(value - right![i]!)));
}

needs(tflm)("int8: TensorFlow Lite Micro agrees with the engine in every byte", async (t) => {
  for (const each of opCases) {
    const { model } = built(each);
    const conversion = await toInt8(model, graphOfGraphModel(model, "model"));
    const bytes = toBytes(conversion, randomInputs(conversion.graph, 8));
    const outputs = async (backend: Backend): Promise<Uint8Array[][]> =>
      (await infer(conversion.tflite, bytes, { backend })).map((result) => result.outputs);
    const theirs = await outputs("tflm").catch((error: unknown) => {
      if (!(error instanceof InferenceError && stops.test(error.fault.text))) throw error;
    });
    t.true(theirs !== undefined || /RealDiv|Reciprocal|Pow/.test(each[0]), each[0]);
    if (!theirs) continue;
    const ours = await outputs(isMixed(conversion) ? "tflite" : "micro");
    // Desktop's QUANTIZE of float32 multiplies by the inverse of the scale, and is a step off at some ties.
    if (isMixed(conversion)) t.true(mostApart(theirs, ours) <= 1, each[0]);
    else t.deepEqual(theirs, ours, each[0]);
    note(model, { tflm: true });
  }
});

test("a PReLU in parts becomes one operator, and another sum of parts does not", (t) => {
  const operators = (build: (m: GraphModelMaker, x: string) => string): string[] => {
    const maker = new GraphModelMaker();
    const output = build(maker, maker.input("x", [-1, 8, 6, 3]));
    return graphOfGraphModel(maker.model({ y: output }), "model").nodes.map(({ op }) => op);
  };
  t.deepEqual(
    preluForms.map(([, build]) => operators(build)),
    [["PRELU"], ["PRELU"], ["PRELU"], ["PRELU"], ["LEAKY_RELU"]],
  );
  // Of another tensor, and of what is positive.
  const others: typeof preluForms = [
    ["", (m, x) => m.node("Sub", [m.node("Relu", [x]), m.node("Relu", [m.node("Neg", [m.node("Tanh", [x])])])])],
    ["", (m, x) => m.node("AddV2", [m.node("Relu", [x]), m.node("Relu", [x])])],
    ["", (m, x) => m.node("AddV2", [m.node("Relu", [x]), m.node("Minimum", [m.reals([], 1, 1), x])])],
  ];
  for (const [, build] of others) t.false(operators(build).some((op) => /PRELU|LEAKY/.test(op)));
});

test("every op of the table is in a case", (t) => {
  const tested = new Set(opCases.flatMap((each) => built(each).model.json.modelTopology.node.map(({ op }) => op)));
  t.deepEqual(
    Object.keys(opTable).filter((op) => !tested.has(op)),
    [],
  );
});
