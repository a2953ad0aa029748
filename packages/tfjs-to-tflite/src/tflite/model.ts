import type { ZipEntry } from "../lib/zip.js";
import type { TensorType } from "./schema.js";

/** A .tflite as plain data. Numbers of tensors, buffers and operator codes are positions in the arrays. */
export interface TfliteModel {
  version: number;
  description: string;
  operatorCodes: { builtinCode: number; customCode?: string; version: number }[];
  subgraphs: Subgraph[];
  /** By convention number 0 is empty and stands for "no data". */
  buffers: Uint8Array[];
  metadata: { name: string; buffer: number }[];
  /** Buffers whose data the file has behind its FlatBuffer, as files above 2 GB have it. Written, they are inside. */
  outside?: number[];
  /** Names of inputs and outputs, for callers that ask by name. */
  signatures?: Signature[];
  /** Files that the model's metadata names, such as labels: a zip archive behind the FlatBuffer. */
  files?: ZipEntry[];
}

/** The schema's SignatureDef. */
export interface Signature {
  /** Name of the signature; TensorFlow's converter writes "serving_default". */
  key: string;
  subgraph: number;
  /** Of the subgraph's inputs and outputs, in their order. */
  inputs: string[];
  outputs: string[];
}

export interface Subgraph {
  name: string;
  tensors: TfliteTensor[];
  inputs: number[];
  outputs: number[];
  operators: TfliteOperator[];
}

export interface TfliteTensor {
  name: string;
  shape: number[];
  type: TensorType;
  buffer: number;
  quantization?: Quantization;
  /** An operator's state, which lasts from one run to the next. */
  isVariable?: boolean;
  /** Its data has only what is not zero. Such a tensor is read, not written. */
  isSparse?: boolean;
}

/** real = scale * (value - zeroPoint); one pair for the tensor, or one per channel along quantizedDimension. */
export interface Quantization {
  scale: number[];
  zeroPoint: number[];
  quantizedDimension: number;
}

/** Options by the names in optionTables (schema.ts); `type` is the table's name, or `#n` for a table that loam does not know. */
export interface TfliteOptions {
  type: string;
  [field: string]: string | number | number[];
}

export interface TfliteOperator {
  opcodeIndex: number;
  /** -1: an optional input that is left out. */
  inputs: number[];
  outputs: number[];
  options?: TfliteOptions;
  /** Tensors whose quantization alone matters: an LSTM's sums inside of it. */
  intermediates?: number[];
  /** Of a custom operator, in a format of its own. */
  customOptions?: Uint8Array;
}
