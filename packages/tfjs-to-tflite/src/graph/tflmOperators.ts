/** Operators of TensorFlow Lite Micro that the engine does not have: only the tflm backend runs them. */
import type { TensorType } from "../tflite/index.js";
import { operators, tflmRules } from "./operators/index.js";

const names = `
  ADD_N BATCH_MATMUL BROADCAST_ARGS BROADCAST_TO CEIL COS CUMSUM DYNAMIC_UPDATE_SLICE EMBEDDING_LOOKUP EXP FLOOR
  FLOOR_DIV FLOOR_MOD GATHER_ND IF L2_NORMALIZATION L2_POOL_2D LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR NEG
  PADV2 REDUCE_ALL REVERSE_V2 ROUND SIN SQRT SQUARE WHILE
  ZEROS_LIKE
`
  .trim()
  .split(/\s+/);

/** Parsers of options whose name is not made of the operator's, "ParseReverseV2" of REVERSE_V2. */
const otherParsers: Readonly<Record<string, string>> = {
  BATCH_MATMUL: "ParseBatchMatMul",
  L2_POOL_2D: "ParsePool",
  PADV2: "ParsePadV2",
  REDUCE_ALL: "ParseReducer",
  REDUCE_MAX: "ParseReducer",
  REDUCE_MIN: "ParseReducer",
  SUM: "ParseReducer",
  UNIDIRECTIONAL_SEQUENCE_LSTM: "ParseUnidirectionalSequenceLSTM",
};

const parserName = (name: string): string =>
  `Parse${name
    .split("_")
    .map((word) => word[0]! + word.slice(1).toLowerCase())
    .join("")}`;

/** All of TensorFlow Lite Micro's operators, in the alphabet's order, and which function of flatbuffer_conversions.h parses their options. */
export const tflmParser: ReadonlyMap<string, string> = new Map(
  [...new Set([...Object.keys(operators), ...names])]
    .sort()
    .map((name) => [name, tflmRules(name)?.parser ?? otherParsers[name] ?? parserName(name)]),
);

/** Those of them whose kernels take float32 alone. */
export const tflmFloatOnly: ReadonlySet<string> = new Set(
  "CEIL COS EXP FLOOR FLOOR_DIV FLOOR_MOD L2_POOL_2D LOG NEG ROUND SIN SQRT SQUARE".split(" "),
);

const floatAndInt8 = `
  ARG_MAX ARG_MIN BATCH_TO_SPACE_ND CUMSUM DEPTH_TO_SPACE ELU GATHER L2_NORMALIZATION LOG_SOFTMAX MIRROR_PAD REDUCE_MAX REDUCE_MIN
  RESIZE_BILINEAR RSQRT SPACE_TO_BATCH_ND SPACE_TO_DEPTH
`
  .trim()
  .split(/\s+/);

/** The types of data that a kernel takes, where they are few; undefined for the others. */
export function tflmTypes(name: string): readonly TensorType[] | undefined {
  if (tflmFloatOnly.has(name)) return ["FLOAT32"];
  if (floatAndInt8.includes(name)) return ["FLOAT32", "INT8"];
  if (name === "DEQUANTIZE") return ["INT8", "INT16", "UINT8"];
  return undefined;
}
