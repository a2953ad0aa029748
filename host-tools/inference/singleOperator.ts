import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { isConstant } from "./graph.js";

/** The model of one operator alone: its computed inputs become the graph's inputs (named once), its outputs the graph's. */
export function singleOperator(model: TfliteModel, index: number): { model: TfliteModel; inputs: number[] } {
  const graph = model.subgraphs[0]!;
  const operator = graph.operators[index]!;
  const computed = operator.inputs.filter(
    (tensor) => tensor >= 0 && !graph.tensors[tensor]!.isVariable && !isConstant(model, graph.tensors[tensor]!),
  );
  const inputs = [...new Set(computed)];
  return {
    model: { ...model, subgraphs: [{ ...graph, inputs, outputs: operator.outputs, operators: [operator] }] },
    inputs,
  };
}
