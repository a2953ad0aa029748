/** Ends of float32 of a model in which layers stay float32: such a layer at an end takes or gives the numbers as they are. */
import type { InputOutput, QuantizedGraph } from "../graph/emit.js";
import type { Graph, GraphNode } from "../graph/graph.js";

const readersOf = ({ nodes }: Graph, tensor: number): GraphNode[] =>
  nodes.filter(({ inputs }) => inputs.includes(tensor));

/** An input that a DEQUANTIZE reads is what that would make of it; other readers get it from a QUANTIZE, as the file would have it at its end. */
function withFloatInput(graph: Graph, which: number): Graph {
  const input = graph.inputs[which]!;
  const readers = readersOf(graph, input);
  const pair = readers.find(({ op }) => op === "DEQUANTIZE");
  if (!pair) return graph;
  const isRead = readers.length > 1 || graph.outputs.includes(input);
  const nodes = graph.nodes.filter((node) => node !== pair);
  const made: GraphNode = { ...pair, op: "QUANTIZE", inputs: [pair.output], output: input };
  return {
    ...graph,
    inputs: graph.inputs.with(which, pair.output),
    nodes: isRead ? [made, ...nodes] : nodes,
  };
}

/** An output that a QUANTIZE makes of float32 is that. */
function withFloatOutput(graph: Graph, which: number): Graph {
  const output = graph.outputs[which]!;
  const pair = graph.nodes.find((node) => node.output === output);
  if (pair?.op !== "QUANTIZE" || graph.tensors[pair.inputs[0]!]!.type !== "FLOAT32") return graph;
  const outputs = graph.outputs.with(which, pair.inputs[0]!);
  const isRead = readersOf(graph, output).length > 0 || outputs.includes(output);
  return { ...graph, outputs, nodes: isRead ? graph.nodes : graph.nodes.filter((node) => node !== pair) };
}

/** The same where no layer at an end stays float32, or no end is float32. */
export function withFloatEnds(quantized: QuantizedGraph, io: InputOutput | undefined): QuantizedGraph {
  const ends = typeof io === "object" ? io : { input: io, output: io };
  let { graph } = quantized;
  if (ends.input === "float32") graph.inputs.forEach((_, which) => (graph = withFloatInput(graph, which)));
  if (ends.output === "float32") graph.outputs.forEach((_, which) => (graph = withFloatOutput(graph, which)));
  return graph === quantized.graph ? quantized : { ...quantized, graph };
}
