/** The operators' descriptors, the single source of facts about operators, and functions to look them up. */
import { add } from "./add.js";
import { averagePool2d } from "./averagePool2d.js";
import { concatenation } from "./concatenation.js";
import { conv2d } from "./conv2d.js";
import { depthwiseConv2d } from "./depthwiseConv2d.js";
import { dequantize } from "./dequantize.js";
import type { Descriptor, EngineRules, GraphRules, TflmRules, WeightedRule } from "./descriptor.js";
import { expandDims } from "./expandDims.js";
import { fullyConnected } from "./fullyConnected.js";
import { hardSwish } from "./hardSwish.js";
import { leakyRelu } from "./leakyRelu.js";
import { logistic } from "./logistic.js";
import { maxPool2d } from "./maxPool2d.js";
import { maximum } from "./maximum.js";
import { mean } from "./mean.js";
import { minimum } from "./minimum.js";
import { mul } from "./mul.js";
import { builtins, type Builtin } from "./names.js";
import { pad } from "./pad.js";
import { quantize } from "./quantize.js";
import { relu } from "./relu.js";
import { relu6 } from "./relu6.js";
import { reshape } from "./reshape.js";
import { resizeBilinear } from "./resizeBilinear.js";
import { resizeNearestNeighbor } from "./resizeNearestNeighbor.js";
import { softmax } from "./softmax.js";
import { squeeze } from "./squeeze.js";
import { stridedSlice } from "./stridedSlice.js";
import { sub } from "./sub.js";
import { tanh } from "./tanh.js";
import { transpose } from "./transpose.js";

export { builtins, type Builtin } from "./names.js";

export const operators: Readonly<Record<Builtin, Descriptor>> = {
  ADD: add,
  AVERAGE_POOL_2D: averagePool2d,
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEQUANTIZE: dequantize,
  EXPAND_DIMS: expandDims,
  FULLY_CONNECTED: fullyConnected,
  HARD_SWISH: hardSwish,
  LEAKY_RELU: leakyRelu,
  LOGISTIC: logistic,
  MAXIMUM: maximum,
  MAX_POOL_2D: maxPool2d,
  MEAN: mean,
  MINIMUM: minimum,
  MUL: mul,
  PAD: pad,
  QUANTIZE: quantize,
  RELU: relu,
  RELU6: relu6,
  RESHAPE: reshape,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearestNeighbor,
  SOFTMAX: softmax,
  SQUEEZE: squeeze,
  STRIDED_SLICE: stridedSlice,
  SUB: sub,
  TANH: tanh,
  TRANSPOSE: transpose,
};

/** The descriptor of an operator in a file; undefined for one that loam does not know. */
export const descriptorOf = (name: string): Descriptor | undefined =>
  Object.hasOwn(operators, name) ? operators[name as Builtin] : undefined;

/** An operator's rules in a Graph. @throws Error for one that a Graph cannot contain */
export function graphRules(op: Builtin): GraphRules {
  const { graph } = operators[op];
  if (typeof graph === "string") throw new Error(`a graph cannot contain ${op}: ${graph}`);
  return graph;
}

/** The quantization rule for an operator's weights, if it has any. */
export function weightedRule(op: Builtin): WeightedRule | undefined {
  const { quantization } = graphRules(op);
  return quantization.kind === "weighted" ? quantization : undefined;
}

/** The rules of TensorFlow Lite Micro for an operator in a file. */
export function tflmRules(name: string): TflmRules | undefined {
  const tflm = descriptorOf(name)?.tflm;
  return typeof tflm === "object" ? tflm : undefined;
}

/** The operators of loam's engine, in alphabetical order. */
export const engineOperators: readonly Builtin[] = builtins
  .filter((name) => typeof operators[name].engine === "object")
  .toSorted();

/** How an operator of the engine is tested. */
export function engineRules(name: Builtin): EngineRules {
  const { engine } = operators[name];
  if (typeof engine === "string") throw new Error(`${name} is ${engine}`);
  return engine;
}
