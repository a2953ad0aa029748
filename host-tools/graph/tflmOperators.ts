/** Operators of TensorFlow Lite Micro that the engine does not have: only the tflm backend runs them. */
import type { OptionTable } from "../tflite/index.js";
import { operators, tflmRules } from "./operators/index.js";

const names = `
  ABS ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE BATCH_MATMUL BATCH_TO_SPACE_ND BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST CEIL COS CUMSUM
  DEPTH_TO_SPACE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP EQUAL EXP FILL FLOOR FLOOR_DIV FLOOR_MOD GATHER GATHER_ND GREATER
  GREATER_EQUAL IF L2_NORMALIZATION L2_POOL_2D LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOG_SOFTMAX MIRROR_PAD NEG NOT_EQUAL
  PACK PADV2 PRELU READ_VARIABLE REDUCE_ALL REDUCE_MAX REDUCE_MIN RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2 ROUND RSQRT SELECT_V2
  SHAPE SIN SLICE SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SUM SVDF TRANSPOSE_CONV
  UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK VAR_HANDLE WHILE ZEROS_LIKE
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

/** The options of those that name subgraphs and variables. */
export const tflmOptions: readonly OptionTable[] = [
  { type: "CallOnce", union: 103, fields: [["initSubgraph", "int32", 0]] },
  {
    type: "VarHandle",
    union: 111,
    fields: [
      ["container", "text"],
      ["sharedName", "text"],
    ],
  },
];

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
