import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, operatorNames } from "./graph.js";

/**
 * The model with int8 inputs and outputs where it has float32 ones that it only quantizes and dequantizes: the caller does that then, with the
 * tensors' scales, and the arena holds a quarter. The values between are the same.
 * @throws UserError when an input or output is float32 and something else is done with it
 */
export function withInt8Ends(model: TfliteModel): TfliteModel {
  const [graph, ...more] = allSubgraphs(model);
  const names = operatorNames(model, graph);
  const dropped = new Set<number>();
  const inner = (tensor: number, name: string, at: "inputs" | "outputs"): number => {
    if (graph.tensors[tensor]!.type !== "FLOAT32") return tensor;
    const around = graph.operators.flatMap(({ inputs, outputs }, i) =>
      [...inputs, ...outputs].includes(tensor) ? [i] : [],
    );
    const [only] = around;
    if (around.length !== 1 || names[only!] !== name || graph.outputs.includes(tensor) === (at === "inputs"))
      throw new UserError(
        `${at === "inputs" ? "input" : "output"} "${graph.tensors[tensor]!.name}" is float32, and not only ${at === "inputs" ? "quantized" : "dequantized"}: it cannot be int8`,
      );
    dropped.add(only!);
    return at === "inputs" ? graph.operators[only!]!.outputs[0]! : graph.operators[only!]!.inputs[0]!;
  };
  const inputs = graph.inputs.map((tensor) => inner(tensor, "QUANTIZE", "inputs"));
  const outputs = graph.outputs.map((tensor) => inner(tensor, "DEQUANTIZE", "outputs"));
  const operators = graph.operators.filter((_, i) => !dropped.has(i));
  return dropped.size === 0 ? model : { ...model, subgraphs: [{ ...graph, inputs, outputs, operators }, ...more] };
}
