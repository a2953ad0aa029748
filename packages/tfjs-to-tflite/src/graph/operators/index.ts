/** The operators' descriptors, the single source of facts about operators, and functions to look them up. */
import { abs } from "./abs.js";
import { add } from "./add.js";
import { argMax } from "./argMax.js";
import { argMin } from "./argMin.js";
import { assignVariable } from "./assignVariable.js";
import { averagePool2d } from "./averagePool2d.js";
import { batchToSpaceNd } from "./batchToSpaceNd.js";
import { callOnce } from "./callOnce.js";
import { cast } from "./cast.js";
import { concatenation } from "./concatenation.js";
import { conv2d } from "./conv2d.js";
import { depthToSpace } from "./depthToSpace.js";
import { depthwiseConv2d } from "./depthwiseConv2d.js";
import { dequantize } from "./dequantize.js";
import type { Descriptor, EngineRules, GraphRules, TflmRules, WeightedRule } from "./descriptor.js";
import { div } from "./div.js";
import { elu } from "./elu.js";
import { equal } from "./equal.js";
import { expandDims } from "./expandDims.js";
import { fill } from "./fill.js";
import { fullyConnected } from "./fullyConnected.js";
import { gather } from "./gather.js";
import { greater } from "./greater.js";
import { greaterEqual } from "./greaterEqual.js";
import { hardSwish } from "./hardSwish.js";
import { leakyRelu } from "./leakyRelu.js";
import { less } from "./less.js";
import { lessEqual } from "./lessEqual.js";
import { logistic } from "./logistic.js";
import { logSoftmax } from "./logSoftmax.js";
import { maxPool2d } from "./maxPool2d.js";
import { maximum } from "./maximum.js";
import { mean } from "./mean.js";
import { minimum } from "./minimum.js";
import { mirrorPad } from "./mirrorPad.js";
import { mul } from "./mul.js";
import { builtins, type Builtin } from "./names.js";
import { notEqual } from "./notEqual.js";
import { pack } from "./pack.js";
import { pad } from "./pad.js";
import { prelu } from "./prelu.js";
import { quantize } from "./quantize.js";
import { readVariable } from "./readVariable.js";
import { reduceMax } from "./reduceMax.js";
import { reduceMin } from "./reduceMin.js";
import { relu } from "./relu.js";
import { relu6 } from "./relu6.js";
import { reshape } from "./reshape.js";
import { resizeBilinear } from "./resizeBilinear.js";
import { resizeNearestNeighbor } from "./resizeNearestNeighbor.js";
import { rsqrt } from "./rsqrt.js";
import { selectV2 } from "./selectV2.js";
import { shape } from "./shape.js";
import { slice } from "./slice.js";
import { softmax } from "./softmax.js";
import { spaceToBatchNd } from "./spaceToBatchNd.js";
import { spaceToDepth } from "./spaceToDepth.js";
import { split } from "./split.js";
import { splitV } from "./splitV.js";
import { squaredDifference } from "./squaredDifference.js";
import { squeeze } from "./squeeze.js";
import { stridedSlice } from "./stridedSlice.js";
import { sub } from "./sub.js";
import { sum } from "./sum.js";
import { svdf } from "./svdf.js";
import { tanh } from "./tanh.js";
import { transpose } from "./transpose.js";
import { transposeConv } from "./transposeConv.js";
import { unidirectionalSequenceLstm } from "./unidirectionalSequenceLstm.js";
import { unpack } from "./unpack.js";
import { varHandle } from "./varHandle.js";

import { exp } from "./exp.js";
import { log } from "./log.js";
import { sqrt } from "./sqrt.js";
import { sin } from "./sin.js";
import { cos } from "./cos.js";
import { floor } from "./floor.js";
import { ceil } from "./ceil.js";
import { round } from "./round.js";
export { builtins, type Builtin } from "./names.js";

export const operators: Readonly<Record<Builtin, Descriptor>> = {
  ABS: abs,
  ADD: add,
  ARG_MAX: argMax,
  ARG_MIN: argMin,
  ASSIGN_VARIABLE: assignVariable,
  AVERAGE_POOL_2D: averagePool2d,
  BATCH_TO_SPACE_ND: batchToSpaceNd,
  CALL_ONCE: callOnce,
  CAST: cast,
  CEIL: ceil,
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  COS: cos,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEPTH_TO_SPACE: depthToSpace,
  DEQUANTIZE: dequantize,
  DIV: div,
  ELU: elu,
  EQUAL: equal,
  EXP: exp,
  EXPAND_DIMS: expandDims,
  FILL: fill,
  FLOOR: floor,
  FULLY_CONNECTED: fullyConnected,
  GATHER: gather,
  GREATER: greater,
  GREATER_EQUAL: greaterEqual,
  HARD_SWISH: hardSwish,
  LEAKY_RELU: leakyRelu,
  LESS: less,
  LESS_EQUAL: lessEqual,
  LOG: log,
  LOGISTIC: logistic,
  LOG_SOFTMAX: logSoftmax,
  MAXIMUM: maximum,
  MAX_POOL_2D: maxPool2d,
  MEAN: mean,
  MINIMUM: minimum,
  MIRROR_PAD: mirrorPad,
  MUL: mul,
  NOT_EQUAL: notEqual,
  PACK: pack,
  PAD: pad,
  PRELU: prelu,
  QUANTIZE: quantize,
  READ_VARIABLE: readVariable,
  REDUCE_MAX: reduceMax,
  REDUCE_MIN: reduceMin,
  RELU: relu,
  RELU6: relu6,
  RESHAPE: reshape,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearestNeighbor,
  ROUND: round,
  RSQRT: rsqrt,
  SELECT_V2: selectV2,
  SHAPE: shape,
  SIN: sin,
  SLICE: slice,
  SOFTMAX: softmax,
  SPACE_TO_BATCH_ND: spaceToBatchNd,
  SPACE_TO_DEPTH: spaceToDepth,
  SPLIT: split,
  SPLIT_V: splitV,
  SQRT: sqrt,
  SQUARED_DIFFERENCE: squaredDifference,
  SQUEEZE: squeeze,
  STRIDED_SLICE: stridedSlice,
  SUB: sub,
  SUM: sum,
  SVDF: svdf,
  TANH: tanh,
  TRANSPOSE: transpose,
  TRANSPOSE_CONV: transposeConv,
  UNIDIRECTIONAL_SEQUENCE_LSTM: unidirectionalSequenceLstm,
  UNPACK: unpack,
  VAR_HANDLE: varHandle,
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
