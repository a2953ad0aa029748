/**
 * Everything that loam knows about an operator. Every field is required: what an operator does not have is said with a value, so that a
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
  /** The version that TensorFlow's own converter gives it. @throws Error for types that loam never gives it */
  version(use: VersionUse): number;
  /** Multiply-accumulates, taps outside an image counted. */
  macs: "none" | ((shapes: { output: readonly number[]; weights: readonly number[] }) => number);
  /** How it stands in a Graph; "ends only": emit puts it around the graph; "read only": loam reads it in files and never writes it. */
  graph: GraphRules | "ends only" | "read only";
  /** What TensorFlow Lite Micro has for it. */
  tflm: TflmRules | "not known";
  /** How loam's engine is tried with it. */
  engine: EngineRules | "not in the engine";
}

export interface VersionUse {
  /** Of the first input and of the output. */
  input: TensorType;
  output: TensorType;
  options: Options;
}

/* ---- in a Graph: convert, quantize, prune ---- */

export interface GraphRules {
  run: FloatRun;
  quantization: QuantizationRule;
  /** How far an int8 output may be off: what becomes of its inputs' errors (a number: the steepest slope), and steps of its own. */
  error: { growth: number | "sum" | "product" | "weights"; steps: number };
  /** An activation behind it may be fused into it. */
  fusesActivation: boolean;
  /** The activation (of the schema's ActivationFunctionType) as which it may be fused into the operator before it. */
  fusedAs: number | "never";
  /** A positive factor a channel before it is the same as after it, and the channels stay the last axis. */
  commutesWithScale: boolean;
  /** A network's decision is made before it: it squeezes the differences away, or changes nothing. */
  decidedBefore: boolean;
  /** The layers it comes from, and what pruning a channel before such a layer means behind it. */
  layers: { readonly [layer in OperatorLayer]?: PruneRule };
}

export type Tf = typeof tfjs;
export type Value = (position: number) => tfjs.Tensor;
/** One node in float32, on tensors whose first axis is a batch; without the fused activation. tfjs is handed in: most commands do without it. */
export type FloatRun = (tf: Tf, node: GraphNode, value: Value, graph: Graph, batch: number) => tfjs.Tensor;

export type QuantizationRule =
  /** The output has a range of its own. */
  | { kind: "free" }
  /** Output and data inputs share one; where an input's is fixed, a QUANTIZE may go between. */
  | { kind: "same"; requantizeFixed: boolean }
  /** The format fixes the output's. */
  | { kind: "fixed"; scale: number; zeroPoint: number }
  /** Weights in input 1, symmetric, a scale a channel along an axis or one in all; a bias in input 2, whose scale is input x weights. */
  | WeightedRule;

export interface WeightedRule {
  kind: "weighted";
  /** The axis of the weights that counts output channels. */
  channelAxis: number;
  perTensor: boolean;
}

/**
 * makes: channels of its own. same: those of its input. mixes: unknown functions of all of its input's. elementwise: channel by channel, its
 * inputs' go together. The others: as their names say.
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
  | "batchNormalization";

/* ---- TensorFlow Lite Micro ---- */

/** One thing that a kernel takes while it is prepared, in order. A temp lives until the operator is prepared. */
export type Take = { temp: number } | { persistent: number } | { scratch: number };

/**
 * What TensorFlow Lite Micro's reference kernel takes from the arena on a 32-bit chip: facts read off its sources, sizes as the RV32 (ilp32)
 * ABI lays its structures out. Espressif's ESP-NN kernels may ask for scratch buffers on top of it.
 */
export interface TflmRules {
  /** The function of flatbuffer_conversions.h that parses its options. */
  parser: string;
  /** Size and alignment of the options' structure. */
  options: readonly [bytes: number, alignment: number] | "none";
  /** Bytes of the kernel's own structure. */
  data: number | "none";
  prepare(operator: TfliteOperator, tensors: readonly TfliteTensor[]): Take[];
}

/* ---- loam's engine ---- */

export interface EngineRules {
  /** Models of a few hundred bytes with this operator alone: what unit tests and fuzzers start from. */
  tiny: readonly TinyOperator[];
  /** Adds it to a random graph. */
  random: Generator;
  /** The suite of recorded random graphs that has it first: graphs of earlier suites stay as they were recorded. */
  suite: number;
  /** What desktop TensorFlow Lite computes otherwise than TensorFlow Lite Micro, for docs/backends.md; test/judge/desktopRules.ts has it as formulas. */
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

/** An operator alone: its inputs (those with data are constants), its output and its options. */
export type TinyOperator = readonly [inputs: TinyTensor[], output: TinyTensor, options?: Options];

/** A model in the making, as generators see it (modelBuilder.ts). Tensors are named by their numbers. */
export interface GrowingModel {
  readonly tensors: TfliteTensor[];
  tensor(shape: readonly number[], type: TensorType, quantization?: Quantization, data?: ArrayBufferView): number;
  int8(shape: readonly number[], scale: number, zeroPoint: number, data?: Int8Array): number;
  int32s(values: readonly number[]): number;
  /** Adds an operator. @returns its output */
  operator(name: Builtin, inputs: number[], output: number, options?: Options): number;
}

export interface Place {
  model: GrowingModel;
  random: Random;
  /** An int8 tensor. */
  from: number;
  /** All int8 tensors that are computed or given so far. */
  pool: number[];
}

/** Adds an operator behind tensor `from`, with parameters drawn at random. @returns its output, or undefined when it does not fit there */
export type Generator = (place: Place) => number | undefined;
