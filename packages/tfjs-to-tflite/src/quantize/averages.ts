import type { Graph, GraphNode } from "../graph/graph.js";
import { activations, paddings } from "../tflite/index.js";
import type { Range } from "./range.js";

/** One bit: averages whose range is smaller than their image's by this factor have a scale of their own. */
const worthwhile = 2;

const width = ([min, max]: Range): number => Math.max(max, 0) - Math.min(min, 0);

/** One window over the whole image, and nothing behind it. */
function isGlobal(graph: Graph, { op, inputs, options }: GraphNode): boolean {
  if (op !== "AVERAGE_POOL_2D") return false;
  const [, height, columns] = graph.tensors[inputs[0]!]!.shape;
  return (
    options["padding"] === paddings.VALID &&
    options["filterH"] === height &&
    options["filterW"] === columns &&
    (options["fusedActivation"] ?? activations.NONE) === activations.NONE
  );
}

/**
 * AVERAGE_POOL_2D must have its image's scale, although averages of a whole image lie closer together than its values: of 8 bits few are left to
 * them. MEAN computes the same with a scale of its own. micro and TensorFlow Lite Micro agree in its bytes; desktop TensorFlow Lite rounds some
 * to a neighbour, so where less than a bit would be won the pooling stays.
 * @param ranges of each activation
 * @returns a graph with the same tensors and further constants; the same one when there is nothing to do
 */
export function averageWithOwnScale(source: Graph, ranges: ReadonlyMap<number, Range>): Graph {
  if (!source.nodes.some((node) => isGlobal(source, node))) return source;
  const tensors = [...source.tensors];
  const nodes = source.nodes.map((node): GraphNode => {
    const image = node.inputs[0]!;
    if (!isGlobal(source, node) || width(ranges.get(image)!) < worthwhile * width(ranges.get(node.output)!))
      return node;
    const axes = tensors.push({ name: `${node.layer}/axes`, shape: [2], data: Int32Array.of(1, 2) }) - 1;
    return { ...node, op: "MEAN", inputs: [image, axes], options: { keepDims: 1 } };
  });
  return { ...source, tensors, nodes };
}
