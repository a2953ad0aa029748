import { sizeOf, type Graph, type GraphNode, type GraphTensor } from "../graph/graph.js";
import { simplify } from "../graph/simplify.js";
import { activations, paddings } from "../tflite/index.js";

/** When half of the rows are smaller than the largest by this factor, they would lose 2 of their 8 bits to a common scale. */
const worthwhile = 4;

/** Largest weight over the median row's largest; rows of zeros do not count. */
function unevenness({ shape, data }: GraphTensor): number {
  const [rows, columns] = shape as [number, number];
  const limits = Array.from({ length: rows }, (_, row) =>
    (data as Float32Array)
      .subarray(row * columns, (row + 1) * columns)
      .reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  const sorted = limits.filter((limit) => limit > 0).sort((a, b) => a - b);
  return sorted.length > 0 ? sorted[sorted.length - 1]! / sorted[sorted.length >> 1]! : 1;
}

/**
 * A fully connected layer is quantized per tensor, since older versions of TensorFlow Lite silently use the first of several scales. Where its
 * rows are of very different size (a batch normalization was folded in, say) it becomes a 1x1 convolution, which is quantized per channel everywhere.
 * @returns another graph that computes the same; the same one when there is nothing to do.
 */
export function spreadUnevenDense(source: Graph): Graph {
  const isUneven = (node: GraphNode): boolean =>
    node.op === "FULLY_CONNECTED" && unevenness(source.tensors[node.inputs[1]!]!) > worthwhile;
  if (!source.nodes.some(isUneven)) return source;
  const graph: Graph = { ...source, tensors: [...source.tensors], nodes: [] };
  const add = (tensor: GraphTensor): number => graph.tensors.push(tensor) - 1;
  const reshape = (input: number, output: number, layer: string): void => {
    const { shape } = graph.tensors[output]!;
    const target = add({ name: `${layer}/shape`, shape: [shape.length], data: Int32Array.from(shape) });
    graph.nodes.push({ op: "RESHAPE", inputs: [input, target], output, options: { newShape: shape }, layer });
  };
  for (const node of source.nodes) {
    if (!isUneven(node)) {
      graph.nodes.push(node);
      continue;
    }
    const {
      layer,
      output,
      inputs: [input, weights, bias],
    } = node as GraphNode & { inputs: [number, number, number] };
    const [units, columns] = graph.tensors[weights]!.shape as [number, number];
    const rows = sizeOf(graph.tensors[input]!.shape) / columns;
    const image = add({ name: layer, shape: [1, rows, 1, columns] });
    const result = add({ name: layer, shape: [1, rows, 1, units] });
    const kernel = add({ ...graph.tensors[weights]!, shape: [units, 1, 1, columns] });
    reshape(input, image, layer);
    const options = {
      padding: paddings.VALID,
      strideH: 1,
      strideW: 1,
      dilationH: 1,
      dilationW: 1,
      fusedActivation: node.options["fusedActivation"] ?? activations.NONE,
    };
    graph.nodes.push({ op: "CONV_2D", inputs: [image, kernel, bias], output: result, options, layer });
    reshape(result, output, layer);
  }
  return simplify(graph);
}
