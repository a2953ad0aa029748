import * as tf from "@tensorflow/tfjs-core";
import type { QuantizedGraph } from "../graph/emit.js";
import { runGraph, type RunHooks } from "../graph/execute.js";
import { lstmInputs } from "../graph/operators/shared/lstm.js";
import { dataInputs, sizeOf, type Graph, type GraphNode } from "../graph/graph.js";
import { graphRules, weightedRule } from "../graph/operators/index.js";
import {
  eachRun,
  grids,
  paramsOfAll,
  quantizeValues,
  quantizeWeights,
  quantizeWeightsAlone,
  type Params,
  type QuantizedConstant,
} from "../graph/parameters.js";
import { joinedNumbers } from "../lib/bytes.js";
import { isFloatNode } from "./mixed.js";
import { batches, batchSizeOf } from "./observe.js";

type NodeConstants = ReturnType<typeof quantizeWeights>;

/** Trials change the ranges of few tensors; the weights of all other layers stay as they were. By the constants themselves, which are never changed in place. */
const memory = new WeakMap<object, { bias: object; input: Params; result: NodeConstants }>();

function remembered(graph: Graph, node: GraphNode, input: Params): NodeConstants {
  const [weights, bias] = [graph.tensors[node.inputs[1]!]!.data!, graph.tensors[node.inputs[2]!]!.data!];
  const known = memory.get(weights);
  if (known?.bias === bias && known.input.scale === input.scale && known.input.type === input.type) return known.result;
  const result = quantizeWeights(graph, node, input, known?.result.weights);
  memory.set(weights, { bias, input, result });
  return result;
}

/** A constant operand: with the output's parameters where the operator wants one quantization, else with its own. Slopes are int8 with both types of activations. */
const operand = ({ op }: GraphNode, data: Float32Array, output: Params | undefined): QuantizedConstant =>
  quantizeValues(
    data,
    graphRules(op).quantization.kind === "same" ? output! : paramsOfAll(data, op === "PRELU" ? "int8" : output?.type),
  );

/** Each of an LSTM's matrices as if it were a layer: those of the input with the bias, which has their scale; those of the hidden state alone. */
function gates(graph: Graph, node: GraphNode, input: Params): [number, QuantizedConstant][] {
  const { kernels, recurrent, biases } = lstmInputs;
  return kernels.flatMap((_, gate): [number, QuantizedConstant][] => {
    const [weights, ofHidden, bias] = [kernels, recurrent, biases].map((positions) => node.inputs[positions[gate]!]!);
    const layer = (matrix: number): GraphNode => ({
      ...node,
      op: "FULLY_CONNECTED",
      inputs: [node.inputs[0]!, matrix, bias!],
    });
    const result = remembered(graph, layer(weights!), input);
    return [
      [weights!, result.weights],
      [bias!, result.bias],
      [ofHidden!, quantizeWeightsAlone(graph, layer(ofHidden!))],
    ];
  });
}

const hasGates = ({ op }: GraphNode): boolean => graphRules(op).quantization.kind === "gates";

/** Integers for every weight and constant, from the parameters of the activations that they meet. */
export function quantizeConstants(graph: Graph, activations: ReadonlyMap<number, Params>): QuantizedGraph {
  const constants = new Map<number, QuantizedConstant>();
  const nodes = graph.nodes.filter((node) => !isFloatNode(graph, node));
  for (const node of nodes.filter(({ op }) => weightedRule(op))) {
    const [input, weights, bias] = node.inputs as [number, number, number];
    const result = remembered(graph, node, activations.get(input)!);
    constants.set(weights, result.weights);
    constants.set(bias, result.bias);
  }
  for (const node of nodes.filter(hasGates))
    for (const [index, constant] of gates(graph, node, activations.get(node.inputs[0]!)!))
      constants.set(index, constant);
  for (const node of nodes.filter((each) => !weightedRule(each.op) && !hasGates(each)))
    for (const input of node.inputs) {
      const { data } = graph.tensors[input]!;
      if (data instanceof Float32Array) constants.set(input, operand(node, data, activations.get(node.output)));
    }
  return { graph, activations, constants };
}

const realNumbers = new WeakMap<QuantizedConstant, Float32Array>();
/** Of weights whose real numbers are kept: those of larger ones would take four times the memory of the integers, and computing them costs little beside the run. */
const mostKept = 2 ** 20;

/** The real numbers that quantized weights stand for. */
export function dequantize(constant: QuantizedConstant, shape: readonly number[]): Float32Array {
  const known = realNumbers.get(constant);
  if (known) return known;
  const {
    data,
    quantization: { scale, zeroPoint, quantizedDimension },
  } = constant;
  const result = new Float32Array(data.length);
  const numbers = data instanceof BigInt64Array ? Float64Array.from(data, Number) : data;
  eachRun(data.length, sizeOf(shape.slice(quantizedDimension + 1)), scale.length, (from, to, channel) => {
    const [step, zero] = [scale[channel]!, zeroPoint[channel]!];
    for (let i = from; i < to; i++) result[i] = (numbers[i]! - zero) * step;
  });
  if (data.length <= mostKept) realNumbers.set(constant, result);
  return result;
}

/** Rounds to the integers' grid and back; what has none stays as it is, and is a tensor of its own. */
export function roundTo(x: tf.Tensor, params: Params | undefined): tf.Tensor {
  if (!params) return x.clone();
  const { scale, zeroPoint } = params;
  const { min, max } = grids[params.type];
  const rounded = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), min, max);
  return tf.mul(tf.sub(rounded, zeroPoint), scale);
}

/** Makes a float run of the graph behave like the quantized one, but for the rounding inside an operator. */
export function fakeQuantization(quantized: QuantizedGraph): RunHooks {
  return {
    constant: (index) => {
      const constant = quantized.constants.get(index);
      const { shape } = quantized.graph.tensors[index]!;
      return constant && tf.tensor(dequantize(constant, shape), shape, "float32");
    },
    output: (index, value) => {
      const params = quantized.activations.get(index);
      return params && roundTo(value, params);
    },
  };
}

/** The logits: the outputs before a softmax or logistic, which would hide differences. */
export function decisionTensors(graph: Graph): number[] {
  const producers = new Map(graph.nodes.map((node) => [node.output, node]));
  const back = (tensor: number): number => {
    const node = producers.get(tensor);
    const before = node && graphRules(node.op).decidedBefore ? dataInputs(graph, node)[0] : undefined;
    return before === undefined ? tensor : back(before);
  };
  return graph.outputs.map(back);
}

/** Values of some tensors over all samples, one after the other. */
export function collect(
  graph: Graph,
  inputs: readonly tf.Tensor[],
  wanted: readonly number[],
  hooks: RunHooks = {},
): Float32Array[] {
  const parts = new Map(wanted.map((tensor) => [tensor, [] as Float32Array[]]));
  for (const batch of batches(inputs, batchSizeOf(graph))) {
    tf.tidy(() => {
      const output: RunHooks["output"] = (index, value, node) => {
        const result = hooks.output?.(index, value, node) ?? value;
        parts.get(index)?.push(result.dataSync().slice() as Float32Array);
        return result;
      };
      runGraph(graph, batch(), { ...hooks, output, release: true });
    });
  }
  return wanted.map((tensor) => joinedNumbers(parts.get(tensor)!));
}

/** What counts as equal: integers of 16 bits come no nearer. */
const leastError = 1e-12;

function relativeErrorOf(truth: Float32Array, given: Float32Array): number {
  let [noise, signal] = [0, 0];
  truth.forEach((value, i) => {
    noise += (value - given[i]!) ** 2;
    signal += value ** 2;
  });
  return noise / (signal || 1);
}

/**
 * Energy of the difference over energy of the truth; 1e-12 stands for none. Of several outputs the geometric mean (the mean of their dB), so that large
 * numbers of one (places in pixels) do not hide what another loses (a probability).
 */
export const relativeError = (truth: readonly Float32Array[], given: readonly Float32Array[]): number =>
  Math.exp(
    truth.reduce(
      (sum, values, i) => sum + Math.log(Math.max(leastError, relativeErrorOf(values, given[i]!))) / truth.length,
      0,
    ),
  );
