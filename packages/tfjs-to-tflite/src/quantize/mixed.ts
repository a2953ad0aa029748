/** Operators that no engine computes with integers: they stay float32, with DEQUANTIZE and QUANTIZE around them, where that was asked for. */
import { UserError } from "../lib/errors.js";
import { dataInputs, isReal, type Graph, type GraphNode } from "../graph/graph.js";
import { graphRules, operators, type Builtin } from "../graph/operators/index.js";
import type { ActivationType } from "../graph/parameters.js";

/** Whether TensorFlow Lite Micro has a kernel for activations of the type. What it has for int16, loam's engine has. */
function hasKernel(op: Builtin, type: ActivationType): boolean {
  if (graphRules(op).quantization.kind === "float") return false;
  const { engine } = operators[op];
  return type === "int8" || (typeof engine === "object" && engine.types.includes(type));
}

/** @throws UserError naming the first layer with an operator that has no kernel for activations of the type, and how many others there are */
export function requireKernels(graph: Graph, type: ActivationType): void {
  const without = graph.nodes.filter(({ op }) => !hasKernel(op, type));
  const [first] = without;
  if (!first) return;
  const layers = new Set(without.map(({ layer }) => layer)).size;
  const names = [...new Set(without.map(({ op }) => op))].join(", ");
  const others = layers > 1 ? `, nor for ${layers - 1} more layer${layers > 2 ? "s" : ""} (${names} in all)` : "";
  const int8 = type === "int16" ? "Leave out --activations int16, so that they are int8; or use" : "Use";
  const these = layers > 1 ? "these layers" : "this layer";
  throw new UserError(
    `layer "${first.layer}" (${first.op}): TensorFlow Lite Micro has no kernel with activations of ${type} for it${others}. ${int8} --mixed, with which ${these} stay${layers > 1 ? "" : "s"} float32 and the rest is ${type} (the tflm backend runs that, micro does not); or replace ${these}`,
  );
}

/** Moves operators without a kernel into float32. @returns the same graph where there are none */
export function withFloatParts(graph: Graph, type: ActivationType): Graph {
  if (graph.nodes.every(({ op }) => hasKernel(op, type))) return graph;
  const result: Graph = { ...graph, tensors: [...graph.tensors], nodes: [] };
  /** By the tensor, its float32 form. */
  const floats = new Map<number, number>();
  const add = (of: number): number => {
    const made = result.tensors.push({ ...graph.tensors[of]!, type: "FLOAT32" }) - 1;
    floats.set(of, made);
    return made;
  };
  const dequantized = (input: number, { layer }: GraphNode): number => {
    const output = add(input);
    result.nodes.push({ op: "DEQUANTIZE", inputs: [input], output, options: {}, layer });
    return output;
  };
  const isRead = (tensor: number): boolean =>
    graph.outputs.includes(tensor) ||
    graph.nodes.some(({ op, inputs }) => hasKernel(op, type) && inputs.includes(tensor));
  for (const node of graph.nodes) {
    if (hasKernel(node.op, type)) {
      result.nodes.push(node);
      continue;
    }
    const data = new Set(dataInputs(graph, node));
    const inputs = node.inputs.map((input) =>
      data.has(input) ? (floats.get(input) ?? dequantized(input, node)) : input,
    );
    const { output, layer } = node;
    if (!isReal(graph, output)) {
      result.nodes.push({ ...node, inputs });
      continue;
    }
    const made = add(output);
    result.nodes.push({ ...node, inputs, output: made });
    if (isRead(output)) result.nodes.push({ op: "QUANTIZE", inputs: [made], output, options: {}, layer });
  }
  return result;
}

/** Whether a node computes with float32 in a graph that is otherwise integers. */
export const isFloatNode = ({ tensors }: Graph, { inputs, output }: GraphNode): boolean =>
  [...inputs, output].some((tensor) => tensors[tensor]!.type === "FLOAT32");
