import * as tf from "@tensorflow/tfjs-core";
import test from "ava";
import { graphOfGraphModel, opTable, type GraphModel } from "../../host-tools/convert/graphModel/index.js";
import { convertModel } from "../../host-tools/convert/index.js";
import { startPlainBackend } from "./backend.js";
import { GraphModelMaker, tfjsOf } from "./graphModels.js";
import { opCases } from "./graphOps.js";
import { chanceOf } from "./randomModels.js";
import { run } from "./run.js";

test.before(startPlainBackend);

/** float32 sums in another order: some 1e-7 for each number that is added. */
const tolerance = 1e-5;

/** Random inputs of a model, batch 1, in the order of the converted graph, and what tfjs makes of them. */
async function predicted(
  model: GraphModel,
  names: readonly string[],
): Promise<{ inputs: tf.Tensor[]; outputs: tf.Tensor[] }> {
  const chance = chanceOf(9);
  const graph = graphOfGraphModel(model, "model");
  const inputs = graph.inputs.map((index) => {
    const { shape } = graph.tensors[index]!;
    return tf.tensor(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * chance.normal()),
      shape,
    );
  });
  const tfjs = await tfjsOf(model);
  const given = Object.fromEntries(graph.inputs.map((index, i) => [graph.tensors[index]!.name, inputs[i]!]));
  return { inputs, outputs: [tfjs.execute(given, [...names])].flat() };
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
      const values = Array.from(tensor.dataSync());
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      t.true(values.length > 0 && results[i]!.length === values.length);
      const worst = Math.max(...results[i]!.map((value, at) => Math.abs(value - values[at]!)));
      t.true(worst <= tolerance * scale, `output ${i}: ${worst} of ${scale}`);
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
