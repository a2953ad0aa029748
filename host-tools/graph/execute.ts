import * as tf from "@tensorflow/tfjs-core";
import { activations, paddings } from "../tflite/index.js";
import { lastOf, type Graph, type GraphNode } from "./graph.js";

/** What a run may change: constants by another tensor, and each output after it is computed (fake quantization, observation). */
export interface RunHooks {
  constant?(index: number): tf.Tensor | undefined;
  /** May return another tensor in the output's place. */
  output?(index: number, value: tf.Tensor, node: GraphNode | undefined): tf.Tensor | void;
  /** Leave out the fused activation of this node. */
  withoutActivation?: GraphNode;
}

type Value = (position: number) => tf.Tensor;
type Run = (node: GraphNode, value: Value, graph: Graph, batch: number) => tf.Tensor;

const number = (node: GraphNode, name: string): number => Number(node.options[name]);
const strides = (node: GraphNode): [number, number] => [number(node, "strideH"), number(node, "strideW")];
const dilation = (node: GraphNode): [number, number] => [number(node, "dilationH"), number(node, "dilationW")];
const pad = (node: GraphNode): "same" | "valid" => (node.options["padding"] === paddings.SAME ? "same" : "valid");
const integers = (graph: Graph, node: GraphNode, position: number): number[] =>
  Array.from(graph.tensors[node.inputs[position]!]!.data!);
/** A shape of the graph, for this run's batch. */
const batched = (shape: readonly number[], batch: number): number[] => [shape[0]! * batch, ...shape.slice(1)];

function pool(compute: typeof tf.maxPool): Run {
  return (node, value) =>
    compute(value(0) as tf.Tensor4D, [number(node, "filterH"), number(node, "filterW")], strides(node), pad(node));
}

/** tfjs wants equal strides in a depthwise convolution with dilation; along an axis of length 1 any stride is the same. */
function depthwise(node: GraphNode, value: Value): tf.Tensor {
  const x = value(0) as tf.Tensor4D;
  const weights = value(1) as tf.Tensor4D;
  const channels = lastOf(x.shape);
  const [, height, width, out] = weights.shape;
  const kernel = tf.reshape(weights, [height, width, channels, out / channels]) as tf.Tensor4D;
  return tf.add(tf.depthwiseConv2d(x, kernel, strides(node), pad(node), "NHWC", dilation(node)), value(2));
}

const hardSwish = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6));
const unary =
  (compute: (x: tf.Tensor) => tf.Tensor): Run =>
  (_, value) =>
    compute(value(0));

const runTable: Partial<Record<GraphNode["op"], Run>> = {
  CONV_2D: (node, value) =>
    tf.add(
      tf.conv2d(
        value(0) as tf.Tensor4D,
        tf.transpose(value(1), [1, 2, 3, 0]) as tf.Tensor4D,
        strides(node),
        pad(node),
        "NHWC",
        dilation(node),
      ),
      value(2),
    ),
  DEPTHWISE_CONV_2D: depthwise,
  FULLY_CONNECTED: (_, value) =>
    tf.add(tf.matMul(value(0) as tf.Tensor2D, tf.transpose(value(1)) as tf.Tensor2D), value(2)),
  ADD: (_, value) => tf.add(value(0), value(1)),
  SUB: (_, value) => tf.sub(value(0), value(1)),
  MUL: (_, value) => tf.mul(value(0), value(1)),
  MAX_POOL_2D: pool(tf.maxPool),
  AVERAGE_POOL_2D: pool(tf.avgPool),
  SOFTMAX: unary((x) => tf.softmax(x)),
  LOGISTIC: unary(tf.sigmoid),
  TANH: unary(tf.tanh),
  RELU: unary(tf.relu),
  RELU6: unary(tf.relu6),
  HARD_SWISH: unary(hardSwish),
  QUANTIZE: unary((x) => x.clone()),
  LEAKY_RELU: (node, value) => tf.leakyRelu(value(0), number(node, "alpha")),
  RESHAPE: (node, value, graph, batch) => tf.reshape(value(0), batched(graph.tensors[node.output]!.shape, batch)),
  TRANSPOSE: (node, value, graph) => tf.transpose(value(0), integers(graph, node, 1)),
  PAD: (node, value, graph) => {
    const flat = integers(graph, node, 1);
    return tf.pad(
      value(0),
      Array.from({ length: flat.length / 2 }, (_, i): [number, number] => [flat[2 * i]!, flat[2 * i + 1]!]),
    );
  },
  STRIDED_SLICE: (node, value, graph, batch) =>
    tf.slice(value(0), integers(graph, node, 1), batched(graph.tensors[node.output]!.shape, batch)),
  CONCATENATION: (node, value) =>
    tf.concat(
      node.inputs.map((_, position) => value(position)),
      number(node, "axis"),
    ),
};

const activate: Record<number, (x: tf.Tensor) => tf.Tensor> = {
  [activations.RELU]: tf.relu,
  [activations.RELU6]: tf.relu6,
};

/** One node in float32, on tensors whose first axis is a batch. */
export function runNode(graph: Graph, node: GraphNode, value: Value, batch: number, withActivation = true): tf.Tensor {
  const result = runTable[node.op]!(node, value, graph, batch);
  const activation = withActivation ? activate[Number(node.options["fusedActivation"] ?? 0)] : undefined;
  return activation ? activation(result) : result;
}

/**
 * Runs the graph with tfjs, on a batch at once.
 * @param inputs one tensor an input, [batch, ...] @returns the outputs in order; call inside tf.tidy.
 */
export function runGraph(graph: Graph, inputs: readonly tf.Tensor[], hooks: RunHooks = {}): tf.Tensor[] {
  const values = new Map<number, tf.Tensor>();
  const batch = inputs[0]!.shape[0];
  const put = (index: number, value: tf.Tensor, node?: GraphNode): void => {
    values.set(index, hooks.output?.(index, value, node) ?? value);
  };
  const get = (index: number): tf.Tensor => {
    const known = values.get(index);
    if (known) return known;
    const { data, shape } = graph.tensors[index]!;
    const constant =
      hooks.constant?.(index) ?? tf.tensor(data!, shape, data instanceof Float32Array ? "float32" : "int32");
    values.set(index, constant);
    return constant;
  };
  graph.inputs.forEach((index, i) => put(index, inputs[i]!));
  for (const node of graph.nodes)
    put(
      node.output,
      runNode(graph, node, (position) => get(node.inputs[position]!), batch, node !== hooks.withoutActivation),
      node,
    );
  return graph.outputs.map(get);
}
