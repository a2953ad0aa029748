/** Operators of TensorFlow Lite Micro that the engine does not have: only the tflm backend runs them. */
import type { OptionTable, TensorType } from "../tflite/index.js";
import { operators, tflmRules } from "./operators/index.js";

const names = `
  ADD_N BATCH_MATMUL BROADCAST_ARGS BROADCAST_TO CEIL COS CUMSUM DYNAMIC_UPDATE_SLICE EMBEDDING_LOOKUP EXP FLOOR
  FLOOR_DIV FLOOR_MOD GATHER_ND IF L2_NORMALIZATION L2_POOL_2D LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR NEG
  PADV2 REDUCE_ALL REVERSE_V2 ROUND SIN SQRT SQUARE WHILE
  ZEROS_LIKE
`
  .trim()
  .split(/\s+/);

/** The options of those that have any of their own. */
export const tflmOptions: readonly OptionTable[] = [
  {
    type: "If",
    union: 92,
    fields: [
      ["thenSubgraph", "int32", 0],
      ["elseSubgraph", "int32", 0],
    ],
  },
  {
    type: "While",
    union: 93,
    fields: [
      ["condSubgraph", "int32", 0],
      ["bodySubgraph", "int32", 0],
    ],
  },
  {
    type: "BatchMatMul",
    union: 101,
    fields: [
      ["adjX", "bool", 0],
      ["adjY", "bool", 0],
      ["asymmetricQuantizeInputs", "bool", 0],
    ],
  },
  {
    type: "Cumsum",
    union: 102,
    fields: [
      ["exclusive", "bool", 0],
      ["reverse", "bool", 0],
    ],
  },
];

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

/** TensorFlow Lite Micro's custom operators, by their names in a file, and the functions that return their kernels. Not ETHOSU: it wants Arm's NPU. */
export const tflmCustom: ReadonlyMap<string, string> = new Map([
  ["CIRCULAR_BUFFER", "Register_CIRCULAR_BUFFER"],
  ["SignalDelay", "tflm_signal::Register_DELAY"],
  ["SignalEnergy", "tflm_signal::Register_ENERGY"],
  ["SignalFftAutoScale", "tflm_signal::Register_FFT_AUTO_SCALE"],
  ["SignalFilterBank", "tflm_signal::Register_FILTER_BANK"],
  ["SignalFilterBankLog", "tflm_signal::Register_FILTER_BANK_LOG"],
  ["SignalFilterBankSpectralSubtraction", "tflm_signal::Register_FILTER_BANK_SPECTRAL_SUBTRACTION"],
  ["SignalFilterBankSquareRoot", "tflm_signal::Register_FILTER_BANK_SQUARE_ROOT"],
  ["SignalFramer", "tflm_signal::Register_FRAMER"],
  ["SignalIrfft", "tflm_signal::Register_IRFFT"],
  ["SignalOverlapAdd", "tflm_signal::Register_OVERLAP_ADD"],
  ["SignalPCAN", "tflm_signal::Register_PCAN"],
  ["SignalRfft", "tflm_signal::Register_RFFT"],
  ["SignalStacker", "tflm_signal::Register_STACKER"],
  ["SignalWindow", "tflm_signal::Register_WINDOW"],
  ["TFLM_DECODE", "Register_DECODE"],
  ["TFLite_Detection_PostProcess", "Register_DETECTION_POSTPROCESS"],
]);

/** Those that work without options: the others read theirs wherever they are. */
const withoutOptions: readonly string[] = [
  "CIRCULAR_BUFFER",
  "SignalFftAutoScale",
  "SignalFilterBankSquareRoot",
  "TFLM_DECODE",
];
export const wantsCustomOptions = (name: string): boolean => tflmCustom.has(name) && !withoutOptions.includes(name);

/** The types of data that TensorFlow Lite Micro's kernels take, and the operators of which each is so; the others take all. */
const typesOfData: readonly (readonly [types: string, names: string])[] = [
  ["BOOL", "IF LOGICAL_NOT REDUCE_ALL"],
  ["FLOAT32", "CEIL COS EXP FLOOR FLOOR_DIV FLOOR_MOD L2_POOL_2D LOG NEG ROUND SIN SQRT SQUARE"],
  [
    "FLOAT32 INT8",
    `ADD_N ARG_MAX ARG_MIN BATCH_TO_SPACE_ND CUMSUM DEPTH_TO_SPACE ELU EMBEDDING_LOOKUP GATHER GATHER_ND HARD_SWISH L2_NORMALIZATION
     LOG_SOFTMAX MIRROR_PAD REDUCE_MAX REDUCE_MIN RESIZE_BILINEAR SPACE_TO_BATCH_ND SPACE_TO_DEPTH SVDF`,
  ],
  [
    "FLOAT32 INT8 INT16",
    `ABS AVERAGE_POOL_2D BATCH_MATMUL CONV_2D DEPTHWISE_CONV_2D EXPAND_DIMS FULLY_CONNECTED LEAKY_RELU LOGISTIC MAX_POOL_2D MEAN PRELU RELU
     RELU6 RESIZE_NEAREST_NEIGHBOR RSQRT SELECT_V2 SOFTMAX SUM TANH TRANSPOSE TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM`,
  ],
  ["FLOAT32 INT8 INT32", "DIV FILL"],
  ["FLOAT32 INT8 INT32 INT64", "GREATER_EQUAL LESS LESS_EQUAL ZEROS_LIKE"],
  ["FLOAT32 INT8 INT32 INT64 BOOL", "EQUAL NOT_EQUAL"],
  ["FLOAT32 INT8 INT16 INT32", "ADD DYNAMIC_UPDATE_SLICE MUL PAD PADV2 SPLIT SPLIT_V SQUARED_DIFFERENCE SUB UNPACK"],
  ["FLOAT32 INT8 INT16 INT32 BOOL", "SLICE STRIDED_SLICE"],
  ["FLOAT32 INT8 INT16 INT32 UINT32 BOOL", "CAST"],
  ["FLOAT32 INT8 INT16 INT32 UINT8", "QUANTIZE"],
  ["FLOAT32 INT8 INT16 INT32 INT64", "GREATER MAXIMUM MINIMUM PACK"],
  ["FLOAT32 INT8 INT16 INT32 INT64 BOOL", "CONCATENATION"],
  ["INT8 INT16 UINT8", "DEQUANTIZE"],
  ["INT32 INT64", "BROADCAST_ARGS"],
];

const words = (text: string): string[] => text.split(/\s+/);

const typesByName: ReadonlyMap<string, readonly TensorType[]> = new Map(
  typesOfData.flatMap(([types, list]) => words(list).map((name) => [name, words(types) as TensorType[]])),
);

/** The types of data that a kernel of TensorFlow Lite Micro takes; undefined where it takes all, as those do that move bytes. */
export const tflmTypes = (name: string): readonly TensorType[] | undefined => typesByName.get(name);

/** What these make of data: of other types TensorFlow Lite Micro makes what it takes. */
const made: Readonly<Record<string, Readonly<Partial<Record<TensorType, readonly TensorType[]>>>>> = {
  CAST: Object.fromEntries(
    (["FLOAT32", "INT8", "INT16", "INT32", "UINT32", "BOOL"] as const).map((type) => [
      type,
      ["FLOAT32", "INT8", "INT16", "INT32", "UINT32"],
    ]),
  ),
  QUANTIZE: {
    FLOAT32: ["INT8", "INT16"],
    INT8: ["INT8", "INT16", "INT32", "UINT8"],
    INT16: ["INT8", "INT16", "INT32"],
    INT32: ["INT8", "INT16"],
    UINT8: ["INT8"],
  },
  DEQUANTIZE: { INT8: ["FLOAT32"], INT16: ["FLOAT32"], UINT8: ["FLOAT32"] },
};

/** The types to which a converting operator of TensorFlow Lite Micro takes data of a type; undefined for other operators. */
export const tflmOutputTypes = (name: string, type: TensorType): readonly TensorType[] | undefined =>
  made[name]?.[type];

const upTo = (count: number): number[] => Array.from({ length: count }, (_, input) => input);

/** Inputs without which the kernels refuse an operator, or read nothing's data; those not listed here have one. */
const wanted: readonly (readonly [inputs: readonly number[], names: string])[] = [
  [[], "CALL_ONCE VAR_HANDLE"],
  [
    upTo(2),
    `ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE BATCH_MATMUL BROADCAST_ARGS BROADCAST_TO CONV_2D CUMSUM DIV EMBEDDING_LOOKUP EQUAL EXPAND_DIMS
     FILL FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GREATER GREATER_EQUAL LESS LESS_EQUAL LOGICAL_AND LOGICAL_OR MAXIMUM MEAN
     MINIMUM MIRROR_PAD MUL NOT_EQUAL PAD PADV2 PRELU REDUCE_ALL REDUCE_MAX REDUCE_MIN RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2
     SPLIT SQUARED_DIFFERENCE SUB SUM TRANSPOSE`,
  ],
  [upTo(3), "BATCH_TO_SPACE_ND DEPTHWISE_CONV_2D DYNAMIC_UPDATE_SLICE SELECT_V2 SLICE SPACE_TO_BATCH_ND"],
  [upTo(4), "STRIDED_SLICE"],
  [upTo(5), "SVDF"],
  [[0, 2], "SPLIT_V"],
  [[1, 2], "TRANSPOSE_CONV"],
  [[...upTo(9), 12, 13, 14, 15, 18, 19], "UNIDIRECTIONAL_SEQUENCE_LSTM"],
];
const wantedByName: ReadonlyMap<string, readonly number[]> = new Map(
  wanted.flatMap(([inputs, list]) => words(list).map((name) => [name, inputs])),
);
/** They read as many as are named. */
const variadic: readonly string[] = ["ADD_N", "CONCATENATION", "PACK"];

/** The inputs that an operator of TensorFlow Lite Micro must have, of one that names `count`. */
export const tflmInputs = (name: string, count: number): readonly number[] => [
  ...new Set([...(wantedByName.get(name) ?? [0]), ...(variadic.includes(name) ? upTo(count) : [])]),
];
