/**
 * Everything that loam knows about an operator. Every field is required, and a value such as "none" states what does not apply, so that a
 * half-added operator does not compile. See docs/contributing/operator.md.
 */
import type * as tfjs from "@tensorflow/tfjs-core";
import type { OptionTable, Quantization, TensorType, TfliteOperator, TfliteTensor } from "../../tflite/index.js";
import type { Random } from "../random.js";
import type { Graph, GraphNode, Options } from "../types.js";
import type { OperatorLayer } from "./layers.js";
import type { Builtin } from "./names.js";

export interface Descriptor {
  /** Its number in the schema's enum BuiltinOperator. */
  code: number;
  /** Its table in the schema's union BuiltinOptions. */
  options: OptionTable | "none";
  /** The operator version that TensorFlow's converter writes. @throws Error for types that loam never writes */
  version(use: VersionUse): number;
  /** Multiply-accumulates, including taps in the padding. */
  macs: "none" | ((shapes: MacShapes) => number);
  /** Its rules in a Graph. "read only": loam reads it in files but never writes it. */
  graph: GraphRules | "read only";
  /** Its kernel in TensorFlow Lite Micro. */
  tflm: TflmRules | "not known";
  /** How it is tested in loam's engine. */
  engine: EngineRules | "not in the engine";
}

export interface MacShapes {
  output: readonly number[];
  inputs: readonly (readonly number[])[];
  /** Those of input 1; [] without one. */
  weights: readonly number[];
}

export interface VersionUse {
  /** Types of the first input and of the output. */
  input: TensorType;
  output: TensorType;
  /** Type of the second input, where there is one. */
  weights?: TensorType;
  options: Options;
}

/* ---- in a Graph: convert, quantize, prune ---- */

export interface GraphRules {
  run: FloatRun;
  quantization: QuantizationRule;
  /** Error bound of the int8 output: how input errors propagate (a number: maximum slope), and the quantization steps that the operator adds. */
  error: { growth: number | "sum" | "product" | "weights"; steps: number };
  /** A following activation may be fused into it. */
  fusesActivation: boolean;
  /** The ActivationFunctionType as which it may be fused into the preceding operator. */
  fusedAs: number | "never";
  /** It commutes with one positive factor per channel, and channels remain the last axis. */
  commutesWithScale: boolean;
  /** As the last operator it does not change the network's decision (argmax); outputs are compared before it. */
  decidedBefore: boolean;
  /** The layers that convert to it, and how pruning a channel of such a layer's input affects its output. */
  layers: { readonly [layer in OperatorLayer]?: PruneRule };
}

export type Tf = typeof tfjs;
export type Value = (position: number) => tfjs.Tensor;
/** One node in float32, on tensors whose first axis is a batch; without the fused activation. tfjs is a parameter because most commands do not load it. */
export type FloatRun = (tf: Tf, node: GraphNode, value: Value, graph: Graph, batch: number) => tfjs.Tensor;

export type QuantizationRule =
  /** The output is quantized with its own range. */
  | { kind: "free" }
  | SharedRule
  /** The output's scale and zero point are fixed by the format. */
  | { kind: "fixed"; scale: number; zeroPoint: number }
  /** Input 0 is a constant, and the output has its quantization. */
  | { kind: "table" }
  /** Weights of four gates in inputs 1 to 8, symmetric with one scale each, biases in 9 to 12 with scale input x weights; the output has a range of its own. */
  | { kind: "gates" }
  /** It gives float32, and does not take integers unless it is DEQUANTIZE. */
  | { kind: "float" }
  /** Weights in input 1, symmetric, one scale per channel along an axis or one for the tensor; bias in input 2 with scale input x weights. */
  | WeightedRule;

/** Output and data inputs share one scale and zero point. */
export interface SharedRule {
  kind: "same";
  /** The inputs that a QUANTIZE brings to the output's: those whose quantization the format fixes, or also those of another range that are read elsewhere. */
  requantize: "none" | "fixed inputs" | "unlike inputs";
  /** Clipping its inputs to a range that has 0 in it clips its output and does nothing else, so that only the output's values count for the range. */
  commutesWithClipping: boolean;
}

export interface WeightedRule {
  kind: "weighted";
  /** The output channel axis of the weights. */
  channelAxis: number;
  perTensor: boolean;
}

/**
 * Output channels by rule. makes: new ones, which can be pruned. same: those of the input. mixes: each depends on all input channels.
 * elementwise: per channel, so the inputs must be pruned together. wraps: makes where it wraps a Dense, else mixes. The others: as named.
 */
export type PruneRule =
  | "makes"
  | "same"
  | "mixes"
  | "depthwise"
  | "elementwise"
  | "concatenate"
  | "reshape"
  | "permute"
  | "wraps"
  | "batchNormalization";

/* ---- TensorFlow Lite Micro ---- */

/**
 * One arena allocation of a kernel's Prepare, in order. A temp allocation is freed when the operator is prepared. `variable`: persistent, for what a
 * tensor stands for, as large as the tensor `like`, at the first operator that asks for it.
 */
export type Take = { temp: number } | { persistent: number } | { scratch: number } | { variable: number; like: number };

/**
 * What TensorFlow Lite Micro's reference kernel allocates from the arena on a 32-bit chip, from its sources, with structure sizes of the RV32
 * (ilp32) ABI. Espressif's ESP-NN kernels may request additional scratch buffers.
 */
export interface TflmRules {
  /** The function of flatbuffer_conversions.h that parses its options. */
  parser: string;
  /** Size and alignment of the options' structure. */
  options: readonly [bytes: number, alignment: number] | "none";
  /** It moves nothing: a plan may put its output where its first input lies. */
  inPlace: boolean;
  /** Types besides int8 and int32 in which it takes as much. */
  types: "any" | readonly TensorType[];
  /** Bytes of the kernel's OpData structure. */
  data: number | "none";
  prepare(operator: TfliteOperator, tensors: readonly TfliteTensor[]): Take[];
}

/* ---- loam's engine ---- */

/** What it computes with: "int16" are activations of int16 with zero point 0, and weights of int8 (16x8); "int4" are weights, with activations of int8. */
export type EngineType = "int8" | "int16" | "int4";

export interface EngineRules {
  /** As far as TensorFlow Lite Micro has it, too. */
  types: readonly EngineType[];
  /** Models of a few hundred bytes with only this operator, or with what it cannot do without: inputs of unit tests and seeds of fuzzers. */
  tiny: readonly (TinyOperator | TinyGraph)[];
  /** Adds it to a random graph. */
  random: Generator;
  /** First suite of recorded random graphs that includes it: graphs of earlier suites do not change. */
  suite: number;
  /** How desktop TensorFlow Lite differs from TensorFlow Lite Micro, for docs/backends.md; test/judge/desktopRules.ts has the formulas. */
  desktop: string;
}

export interface TinyTensor {
  shape: number[];
  /** Default INT8. */
  type?: TensorType;
  /** Default: one scale of 0.05, zero point 3. */
  quantization?: TfliteTensor["quantization"];
  /** Makes it a constant. */
  data?: Uint8Array;
}

/** A single operator: its inputs (those with data are constants), its output and its options. */
export type TinyOperator = readonly [inputs: TinyTensor[], output: TinyTensor, options?: Options];

/** Several operators. @returns the graph's inputs and outputs */
export type TinyGraph = (model: ModelUnderConstruction) => { inputs: number[]; outputs: number[] };

/** A model under construction (modelBuilder.ts). Tensors are identified by index. */
export interface ModelUnderConstruction {
  readonly tensors: TfliteTensor[];
  tensor(shape: readonly number[], type: TensorType, quantization?: Quantization, data?: ArrayBufferView): number;
  int8(shape: readonly number[], scale: number, zeroPoint: number, data?: Int8Array): number;
  int32s(values: readonly number[]): number;
  /** Adds an operator. @returns its output */
  operator(name: Builtin, inputs: number[], output: number, options?: Options): number;
  /** Adds an operator of any number of outputs. */
  statement(name: Builtin, inputs: number[], outputs: number[], options?: Options): void;
  /** Adds the VAR_HANDLE of a variable. @param initial what CALL_ONCE assigns to it: a constant of the main graph. @returns its handle */
  variable(name: string, initial?: TfliteTensor & { data: Uint8Array }): number;
}

export interface Place {
  model: ModelUnderConstruction;
  random: Random;
  /** An int8 tensor. */
  from: number;
  /** All int8 tensors so far: inputs and results. */
  pool: number[];
}

/** Adds an operator that reads tensor `from`, with random parameters. @returns its output, or undefined when the tensor is unsuitable */
export type Generator = (place: Place) => number | undefined;
