import * as tf from "@tensorflow/tfjs-core";
import test from "ava";
import { graphOfGraphModel, opTable, type GraphModel } from "tfjs-to-tflite/convert/graphModel/index.js";
import { convertModel } from "../../host-tools/convert/index.js";
import type { Graph } from "tfjs-to-tflite/graph/graph.js";
import { leastSnr, sameNumbers, snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { loadTfjsGraphModel } from "../../host-tools/convert/runnable.js";
import { GraphModelMaker } from "./graphModels.js";
import { opCases } from "./graphOps.js";
import { chanceOf } from "./randomModels.js";
import { run } from "./run.js";

test.before(startPlainBackend);

/** Random samples of a model's inputs, in the order of the converted graph. */
function randomInputs({ inputs, tensors }: Graph, count: number): tf.Tensor[] {
  const chance = chanceOf(9);
  return inputs.map((index) => {
    const shape = [count, ...tensors[index]!.shape.slice(1)];
    return tf.tensor(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * chance.normal()),
      shape,
    );
  });
}

/** A random input, and what tfjs makes of it. */
async function predicted(
  model: GraphModel,
  names: readonly string[],
): Promise<{ graph: Graph; inputs: tf.Tensor[]; outputs: tf.Tensor[] }> {
  const graph = graphOfGraphModel(model, "model");
  const inputs = randomInputs(graph, 1);
  const tfjs = await loadTfjsGraphModel(model);
  const given = Object.fromEntries(graph.inputs.map((index, i) => [graph.tensors[index]!.name, inputs[i]!]));
  return { graph, inputs, outputs: [tfjs.execute(given, [...names])].flat() };
}

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
      sameNumbers(t, results[i]!, tensor.dataSync(), `output ${i}`);
    });
  });
}

for (const each of opCases) {
  test(`int8 by the engine, against tfjs: ${each[0]}`, async (t) => {
    const { model, outputs } = built(each);
    const { outputs: truth, inputs, graph } = await predicted(model, outputs);
    const conversion = await convertModel(model, {
      mode: "int8",
      name: "op",
      calibration: randomInputs(graph, 8),
      range: "minmax",
    });
    const results = await run(conversion, inputs, { backend: "micro" });
    truth.forEach((tensor, i) => {
      const snr = snrOf(results[i]!, tensor.dataSync());
      t.true(snr >= leastSnr, `output ${i}: ${snr} dB`);
    });
  });
}

test("every op of the table is in a case", (t) => {
  const tested = new Set(opCases.flatMap((each) => built(each).model.json.modelTopology.node.map(({ op }) => op)));
  const alike = ["DepthwiseConv2d", "PreventGradient", "Snapshot", "CheckNumerics", "IdentityN"];
  t.deepEqual(
    Object.keys(opTable).filter((op) => !tested.has(op) && !alike.includes(op)),
    [],
  );
});
