import { sizeOf, type Graph, type GraphNode } from "./graph.js";

/** The tensors that nothing reads after each node, in the nodes' order; never the graph's outputs or constants. */
export function lastReads(graph: Graph): number[][] {
  const last = new Map<number, number>();
  graph.nodes.forEach((node, at) => {
    for (const tensor of [...node.inputs, node.output]) last.set(tensor, at);
  });
  const free: number[][] = graph.nodes.map(() => []);
  for (const [tensor, at] of last)
    if (!graph.outputs.includes(tensor) && graph.tensors[tensor]!.data === undefined) free[at]!.push(tensor);
  return free;
}

/** Of an activation of one sample, as float32. */
export const bytesOf = (graph: Graph, tensor: number): number => 4 * sizeOf(graph.tensors[tensor]!.shape);

/** The most bytes that a sample's activations take at once, as float32, when each lives no longer than it is read. */
export function peakBytes(graph: Graph): number {
  const free = lastReads(graph);
  let live = graph.inputs.reduce((sum, input) => sum + bytesOf(graph, input), 0);
  let peak = live;
  graph.nodes.forEach((node: GraphNode, at) => {
    live += bytesOf(graph, node.output);
    peak = Math.max(peak, live);
    for (const tensor of free[at]!) live -= bytesOf(graph, tensor);
  });
  return peak;
}

/** The bytes of all of a sample's activations, as float32. */
export const totalBytes = (graph: Graph): number =>
  graph.nodes.reduce((sum, { output }) => sum + bytesOf(graph, output), 0);
