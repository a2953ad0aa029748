import { readTflite, writeTflite } from "../graph/tflite.js";

/** A copy of the model with each operator's first output as one more output of the graph, behind the model's own. */
export function withEveryOutput(bytes: Uint8Array): Uint8Array {
  const model = readTflite(bytes);
  const subgraphs = model.subgraphs.map((graph) => ({
    ...graph,
    outputs: [...graph.outputs, ...graph.operators.map(({ outputs }) => outputs[0]!)],
  }));
  return writeTflite({ ...model, subgraphs });
}
