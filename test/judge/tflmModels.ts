/** Models of one operator of TensorFlow Lite Micro each, in a type of data. */
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { builtinNames, type TensorType, type TfliteModel, type TfliteOptions } from "tfjs-to-tflite/tflite/index.js";
import { tinyModels } from "../../host-tools/bench/tinyModels.js";

const types = ["FLOAT32", "INT8", "INT16", "INT32", "UINT8", "BOOL", "INT64"] as const;
export type Type = (typeof types)[number];

export function bytesOf(type: Type, values: readonly number[]): Uint8Array {
  if (type === "INT64") return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const arrays = { FLOAT32: Float32Array, INT8: Int8Array, INT16: Int16Array, INT32: Int32Array, UINT8: Uint8Array };
  return new Uint8Array(arrays[type === "BOOL" ? "UINT8" : type].from(values).buffer);
}

const quantization = { scale: [0.05], zeroPoint: [0], quantizedDimension: 0 };
const quantized = (type: TensorType) => (/INT(8|16)$/.test(type) ? { quantization } : {});

type Tensor = readonly [shape: number[], type: Type, data?: number[]];

/** A model of one operator. */
function one(name: string, inputs: Tensor[], output: Tensor, options?: TfliteOptions): TfliteModel {
  const buffers: Uint8Array[] = [new Uint8Array()];
  const tensors = [...inputs, output].map(([shape, type, data], i) => ({
    name: `t${i}`,
    shape,
    type,
    buffer: data ? buffers.push(bytesOf(type, data)) - 1 : 0,
    ...quantized(type),
  }));
  const graph = {
    name: "main",
    tensors,
    inputs: inputs.flatMap(([, , data], i) => (data ? [] : [i])),
    outputs: [inputs.length],
    operators: [
      { opcodeIndex: 0, inputs: inputs.map((_, i) => i), outputs: [inputs.length], ...(options && { options }) },
    ],
  };
  return {
    version: 3,
    description: "",
    operatorCodes: [{ builtinCode: builtinNames.indexOf(name), version: 1 }],
    subgraphs: [graph],
    buffers,
    metadata: [],
  };
}

const image = [1, 2, 2, 2];
const unary = "CEIL COS EXP FLOOR LOG NEG ROUND SIN SQRT SQUARE ZEROS_LIKE L2_NORMALIZATION LOGICAL_NOT".split(" ");
const binary = "FLOOR_DIV FLOOR_MOD ADD_N LOGICAL_AND LOGICAL_OR".split(" ");

/** Operators that only TensorFlow Lite Micro has. */
const theirs: Readonly<Record<string, (type: Type) => TfliteModel>> = {
  ...Object.fromEntries(unary.map((name) => [name, (type: Type) => one(name, [[image, type]], [image, type])])),
  ...Object.fromEntries(
    binary.map((name) => [
      name,
      (type: Type) =>
        one(
          name,
          [
            [image, type],
            [image, type],
          ],
          [image, type],
        ),
    ]),
  ),
  BATCH_MATMUL: (type) =>
    one(
      "BATCH_MATMUL",
      [
        [[1, 2, 3], type],
        [[1, 3, 2], type],
      ],
      [[1, 2, 2], type],
    ),
  L2_POOL_2D: (type) =>
    one("L2_POOL_2D", [[image, type]], [[1, 1, 1, 2], type], {
      type: "Pool2D",
      padding: 1,
      strideW: 1,
      strideH: 1,
      filterW: 2,
      filterH: 2,
    }),
  REDUCE_ALL: (type) =>
    one(
      "REDUCE_ALL",
      [
        [image, type],
        [[1], "INT32", [1]],
      ],
      [[1, 2, 2], type],
      { type: "Reducer" },
    ),
  BROADCAST_ARGS: (type) =>
    one(
      "BROADCAST_ARGS",
      [
        [[2], type],
        [[2], type],
      ],
      [[2], type],
    ),
  BROADCAST_TO: (type) =>
    one(
      "BROADCAST_TO",
      [
        [[1, 2], type],
        [[2], "INT32", [2, 2]],
      ],
      [[2, 2], type],
    ),
  CUMSUM: (type) =>
    one(
      "CUMSUM",
      [
        [image, type],
        [[1], "INT32", [1]],
      ],
      [image, type],
    ),
  DYNAMIC_UPDATE_SLICE: (type) =>
    one(
      "DYNAMIC_UPDATE_SLICE",
      [
        [[3, 3], type],
        [[1, 1], type],
        [[2], "INT32", [0, 0]],
      ],
      [[3, 3], type],
    ),
  EMBEDDING_LOOKUP: (type) =>
    one(
      "EMBEDDING_LOOKUP",
      [
        [[2], "INT32"],
        [[3, 2], type, [1, 2, 3, 4, 5, 6]],
      ],
      [[2, 2], type],
    ),
  GATHER_ND: (type) =>
    one(
      "GATHER_ND",
      [
        [[3, 2], type],
        [[2, 1], "INT32", [0, 1]],
      ],
      [[2, 2], type],
    ),
  PADV2: (type) =>
    one(
      "PADV2",
      [
        [[1, 2, 2, 1], type],
        [[4, 2], "INT32", [0, 0, 1, 1, 1, 1, 0, 0]],
        [[1], type, [0]],
      ],
      [[1, 4, 4, 1], type],
    ),
  REVERSE_V2: (type) =>
    one(
      "REVERSE_V2",
      [
        [image, type],
        [[1], "INT32", [1]],
      ],
      [image, type],
    ),
};

/** The same in another type of data; undefined where nothing is int8, or there is a second subgraph. */
function retyped(model: TfliteModel, type: Type): TfliteModel | undefined {
  const [graph, ...more] = model.subgraphs;
  const buffers = [...model.buffers];
  if (more.length > 0 || !graph!.tensors.some((tensor) => tensor.type === "INT8")) return undefined;
  const tensors = graph!.tensors.map((tensor) => {
    if (tensor.type !== "INT8") return tensor;
    const data = Int8Array.from(buffers[tensor.buffer]!);
    const { quantization: old, ...bare } = tensor;
    const zeroPoint = old?.zeroPoint.map((point) => (type === "INT16" ? 0 : point)) ?? [];
    return {
      ...bare,
      type,
      buffer: data.length > 0 ? buffers.push(bytesOf(type, [...data])) - 1 : 0,
      ...(quantized(type).quantization && old && { quantization: { ...old, zeroPoint } }),
    };
  });
  return { ...model, buffers, subgraphs: [{ ...graph!, tensors }] };
}

export function modelsOf(name: string): [type: Type, model: TfliteModel][] {
  const theirModel = theirs[name];
  if (theirModel) return types.map((type) => [type, theirModel(type)]);
  const models = tinyModels().filter(({ operator }) => operator === name);
  const int8 = readTflite(models[0]!.model);
  const int16 = models.find((model) => model.name.endsWith("-int16"));
  return types.flatMap((type): [Type, TfliteModel][] => {
    if (type === "INT16" && int16) return [[type, readTflite(int16.model)]];
    const model = type === "INT8" ? int8 : retyped(int8, type);
    return model ? [[type, model]] : [];
  });
}

/** Operators whose types depend on each other: one type for all is none of theirs. */
export const mixed = ["CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "SVDF"];

/** They run subgraphs. */
export const calling = ["IF", "WHILE"];
