import type { TfliteOptions } from "../tflite/index.js";
import type { Builtin } from "./operators/names.js";

/** An operator's options, by field name in its table. */
export type Options = Omit<TfliteOptions, "type">;

/**
 * Intermediate representation between tfjs and .tflite: TensorFlow Lite's operators, shapes and weight layouts, with all values in float32.
 * The batch size is 1. Tensors are identified by their index in `tensors`.
 */
export interface Graph {
  name: string;
  tensors: GraphTensor[];
  nodes: GraphNode[];
  inputs: number[];
  outputs: number[];
  /** Samples run one at a time: some operator may mix what a batch keeps apart. */
  oneAtATime?: boolean;
  /** Layers whose operators are there once for each step; of an LSTM why it is not one operator, where that is so. */
  unrolled?: { layer: string; type: string; steps: number; because?: string }[];
  /** Layers that are one operator with states, which last from one invoke to the next; whether the layer itself keeps them. */
  stateful?: { layer: string; type: string; keeps: boolean }[];
}

export interface GraphTensor {
  name: string;
  shape: number[];
  /** A constant: weights and biases as float32, shapes and axes as int32. */
  data?: Float32Array | Int32Array;
  /** What it is in a quantized file as well: rows of a table, what a comparison says, or real numbers that stay so; the state of an operator. Without it real numbers, float32 or integers. */
  type?: "INT32" | "BOOL" | "FLOAT32" | "STATE";
  /** Of a state: as integers it is int16 in steps of 2 to this power. */
  power?: number;
  /** Of an input of INT32: its numbers are from 0 to one less than this. */
  below?: number;
}

export interface GraphNode {
  op: Builtin;
  /** As in the .tflite: data first, then weights, then bias; so also for TRANSPOSE_CONV, which has them in another order there. */
  inputs: number[];
  /** Every operator that loam writes has one output. */
  output: number;
  options: Options;
  /** The tfjs layer, or node of a graph model, it was converted from. */
  layer: string;
}
