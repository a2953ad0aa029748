import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { Subgraph } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs } from "./graph.js";

/** The outputs of all operators that have values: a variable's handle has none. */
export const computedTensors = ({ operators, tensors }: Subgraph): number[] =>
  operators.flatMap(({ outputs }) => outputs).filter((output) => tensors[output]!.type !== "RESOURCE");

/** A copy of the model with the outputs of the main graph's operators as more outputs, behind the model's own. @throws UserError for a model without a graph, or whose graph names a tensor that is not there */
export function withEveryOutput(bytes: Uint8Array): Uint8Array {
  const model = readTflite(bytes);
  const [main, ...more] = allSubgraphs(model);
  return writeTflite({
    ...model,
    subgraphs: [{ ...main, outputs: [...main.outputs, ...computedTensors(main)] }, ...more],
  });
}
