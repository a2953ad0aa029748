/** Float models whose weights take a half or a quarter: float16, or int8 with activations that stay float ("dynamic range"), as TensorFlow's converter writes them. */
import { dequantize } from "../quantize/fake.js";
import { fromFloat16, largestFloat16, toFloat16 } from "../lib/float16.js";
import { consumers, type Graph, type GraphNode, type GraphTensor } from "../graph/graph.js";
import type { StoredGraph } from "../graph/emit.js";
import { quantizeWeightsAlone } from "../graph/parameters.js";

export const weightTypes = ["float32", "float16", "int8"] as const;
export type WeightType = (typeof weightTypes)[number];

/** Of fewer numbers a DEQUANTIZE costs more than it saves. */
const leastHalves = 64;
/** As in TensorFlow's converter: of fewer numbers int8 saves little. */
const leastIntegers = 1024;
/** What TensorFlow Lite has kernels for that multiply float activations with int8 weights. */
const hybrid: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

function withHalves(graph: Graph): StoredGraph {
  const constants: [number, { data: Uint16Array }][] = graph.tensors.flatMap(({ data }, index) =>
    data instanceof Float32Array &&
    data.length >= leastHalves &&
    data.every((value) => Math.abs(value) <= largestFloat16)
      ? [[index, { data: toFloat16(data) }]]
      : [],
  );
  return { graph, activations: new Map(), constants: new Map(constants) };
}

/** Weights that such layers read, and nothing else, with the first of them. */
function* hybridWeights(graph: Graph): Generator<readonly [weights: number, node: GraphNode]> {
  for (const [tensor, nodes] of consumers(graph)) {
    const { data } = graph.tensors[tensor]!;
    const isWeight = nodes.every(({ op, inputs }) => hybrid.has(op) && inputs[1] === tensor && inputs[0] !== tensor);
    if (data instanceof Float32Array && data.length >= leastIntegers && isWeight) yield [tensor, nodes[0]!];
  }
}

function withIntegers(graph: Graph): StoredGraph {
  const constants = new Map(
    [...hybridWeights(graph)].map(([tensor, node]) => [tensor, quantizeWeightsAlone(graph, node)]),
  );
  const nodes = graph.nodes.map((node) =>
    node.op === "FULLY_CONNECTED" && constants.has(node.inputs[1]!)
      ? { ...node, options: { ...node.options, asymmetricQuantizeInputs: 1 } }
      : node,
  );
  return { graph: { ...graph, nodes }, activations: new Map(), constants };
}

/** The graph with its weights as the file has them; undefined for float32. */
export function storedWeights(graph: Graph, type: WeightType): StoredGraph | undefined {
  if (type === "float32") return undefined;
  return type === "float16" ? withHalves(graph) : withIntegers(graph);
}

/** The graph in float32 with the numbers that the stored ones stand for. */
export function rounded({ graph, constants }: StoredGraph): Graph {
  const tensors = graph.tensors.map((tensor, index): GraphTensor => {
    const stored = constants.get(index);
    if (!stored) return tensor;
    const data =
      stored.data instanceof Uint16Array
        ? fromFloat16(stored.data)
        : dequantize({ data: stored.data, quantization: stored.quantization! }, tensor.shape);
    return { ...tensor, data };
  });
  return { ...graph, tensors };
}
