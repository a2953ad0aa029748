/** What inspect and arena say of models that a backend does not run: everything that stands in the way, at once. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { Builder, type Offset } from "flatbuffers";
import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { infer } from "../../host-tools/inference/index.js";
import { inspect } from "../../host-tools/inference/inspect.js";
import { microRefusals } from "../../host-tools/inference/microArena.js";
import { supportOf } from "../../host-tools/inference/support.js";
import { tflmFigures } from "../../host-tools/inference/tflmSupport.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { builtinNames, type TfliteModel, type TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { needs, tflm } from "../helpers/needs.js";

test("operators are named by their numbers in the schema", (t) => {
  t.is(builtinNames.length, 210);
  for (const [name, { code }] of Object.entries(operators)) t.is(builtinNames[code], name);
  // Entries of BuiltinOperator in schema.fbs of TensorFlow Lite, where numbers were left out or added late.
  const others = {
    24: "RNN",
    31: "CALL",
    32: "CUSTOM",
    50: "LOG_SOFTMAX",
    127: "PLACEHOLDER_FOR_GREATER_OP_CODES",
    150: "GELU",
  };
  for (const [code, name] of Object.entries(others)) t.is(builtinNames[Number(code)], name);
});

const quantization = { scale: [0.5], zeroPoint: [0], quantizedDimension: 0 };

/** A chain of operators of one input and one output each, on tensors of a type. */
function chain(
  types: readonly TfliteModel["subgraphs"][0]["tensors"][0]["type"][],
  codes: readonly number[],
): TfliteModel {
  const tensors = types.map((type, i) => ({ name: `t${i}`, shape: [1, 4], type, buffer: 0, quantization }));
  return {
    version: 3,
    description: "",
    operatorCodes: codes.map((builtinCode) => ({
      builtinCode,
      version: 1,
      ...(builtinCode === 32 && { customCode: "Mine" }),
    })),
    subgraphs: [
      {
        name: "main",
        tensors,
        inputs: [0],
        outputs: [codes.length],
        operators: codes.map((_, i) => ({ opcodeIndex: i, inputs: [i], outputs: [i + 1] })),
      },
    ],
    buffers: [new Uint8Array()],
    metadata: [],
  };
}

const [relu, zerosLike, custom, whereOp, tanh, sqrt, rsqrt, dequantize] = [19, 93, 32, 109, 28, 75, 76, 6];
const tflmInstead = "for tflm: native/inference/tflm/manifest.json in place of native/inference/manifest.json";
const int8Instead = (type: string) =>
  `to make it int8: npx loam convert MODEL --calibrate SAMPLES, MODEL being the Keras or tfjs model that this ${type} file was made of`;
const refused: [what: string, model: TfliteModel, micro: string[], tflm: string[], advice: string[]][] = [
  ["that every backend runs", chain(["INT8", "INT8"], [relu]), [], [], []],
  ["in int16 that every backend runs", chain(["INT16", "INT16"], [relu]), [], [], []],
  [
    "with several operators of tflm only, and a wrong scale",
    chain(["INT8", "INT8", "INT8", "INT8", "INT8"], [zerosLike, relu, zerosLike, tanh]),
    ["ZEROS_LIKE #0, #2: micro does not have it", "TANH #3: tensor 4 must have scale 1/128 and zero point 0"],
    [],
    [tflmInstead],
  ],
  [
    "with operators that no backend has",
    chain(["INT8", "INT8", "INT8"], [custom, whereOp]),
    ['CUSTOM "Mine" #0: micro does not have it', "WHERE #1: micro does not have it"],
    ['CUSTOM "Mine" #0: tflm does not have it', "WHERE #1: tflm does not have it"],
    ['no backend has CUSTOM "Mine", WHERE: replace the layers that make them'],
  ],
  [
    "with an operator that no backend has in int8",
    chain(["INT8", "INT8"], [sqrt]),
    ["SQRT #0: micro does not have it"],
    ["SQRT #0: int8, and TensorFlow Lite Micro has it in float32 only"],
    ["no backend has SQRT in int8: replace the layers that make it"],
  ],
  [
    "in a type that TensorFlow Lite Micro's kernel does not take",
    chain(["FLOAT16", "FLOAT32"], [dequantize]),
    ["DEQUANTIZE #0: float16, and micro computes in int8"],
    ["DEQUANTIZE #0: float16, and TensorFlow Lite Micro has it in int8, int16, uint8 only"],
    [],
  ],
  [
    "in float32",
    chain(["FLOAT32", "FLOAT32", "FLOAT32"], [relu, relu]),
    ["RELU #0, #1: float32, and micro computes in int8"],
    [],
    [int8Instead("float32"), tflmInstead],
  ],
  [
    "in uint8",
    chain(["UINT8", "UINT8"], [relu]),
    ["RELU #0: uint8, the quantization of TensorFlow 1, and micro computes in int8"],
    ["RELU #0: uint8, and TensorFlow Lite Micro has it in float32, int8, int16 only"],
    [int8Instead("uint8")],
  ],
  [
    "in int16, for which one operator is not there",
    chain(["INT16", "INT16", "INT16"], [relu, rsqrt]),
    ["RSQRT #1: int16, which micro does not have for it"],
    [],
    [tflmInstead],
  ],
];

for (const [what, model, micro, tflm, advice] of refused)
  test(`a model ${what}: all of it is said`, async (t) => {
    t.deepEqual(await supportOf(writeTflite(model), model), { micro, tflm, advice });
  });

test("one process of the engine is asked of any number of models, in order", async (t) => {
  const [runs, custom] = [chain(["INT8", "INT8"], [relu]), chain(["INT8", "INT8"], [whereOp])].map(writeTflite);
  const where = "WHERE #0: operator code 109 is not supported";
  t.deepEqual(await microRefusals([]), []);
  t.deepEqual(await microRefusals([runs!, custom!, runs!, custom!]), [undefined, where, undefined, where]);
});

const noFile: [what: string, change: (model: TfliteModel) => void, said: RegExp][] = [
  ["another version", (model) => (model.version = 2), /^schema version 2, 3 expected$/],
  [
    "a buffer that is not there",
    ({ subgraphs }) => (subgraphs[0]!.tensors[1]!.buffer = 7),
    /^tensor 1 names buffer 7, there are 1$/,
  ],
  [
    "a size that is not known",
    ({ subgraphs }) => (subgraphs[0]!.tensors[0]!.shape = [-1, 4]),
    /^tensor 0 has shape \[-1, 4\], and/,
  ],
  [
    "texts",
    ({ subgraphs }) => (subgraphs[0]!.tensors[0]!.type = "STRING"),
    /^tensor 0 has type string, which has no size/,
  ],
  [
    "an operator without outputs",
    ({ subgraphs }) => (subgraphs[0]!.operators[0]!.outputs = []),
    /^RELU #0: has no outputs$/,
  ],
];
for (const [what, change, said] of noFile)
  test(`a file with ${what}: tflm does not run it, and has no figures`, async (t) => {
    const model = chain(["INT8", "INT8"], [relu]);
    change(model);
    const bytes = writeTflite(model);
    const support = await supportOf(bytes, model);
    t.regex(support.tflm[0]!, said);
    t.true(support.micro.length > 0);
    t.throws(() => tflmFigures(model), { message: /^it does not run on tflm: / });
    if (tflm() === undefined) await t.throwsAsync(infer(bytes, [], { backend: "tflm" }), { instanceOf: UserError });
  });

/** Bytes of a FULLY_CONNECTED whose weights are sparse, or at a place behind the FlatBuffer, by the schema's field numbers: loam writes neither. */
function fullyConnected({ isSparse = false, at = 0 }: { isSparse?: boolean; at?: number }): Uint8Array {
  const builder = new Builder();
  const table = (count: number, ...fields: ((b: Builder) => void)[]): Offset => {
    builder.startObject(count);
    for (const put of fields) put(builder);
    return builder.endObject();
  };
  const put = (field: number, value: Offset) => (b: Builder) => b.addFieldOffset(field, value, 0);
  const list = (values: readonly Offset[], isOffset = true): Offset => {
    const add = (value: Offset) => builder.addOffset(value);
    const number = (value: number) => builder.addInt32(value);
    builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) (isOffset ? add : number)(value);
    return builder.endVector();
  };
  const tensor = (shape: number[], buffer: number, isSparse = false): Offset => {
    builder.startVector(4, 1, 4);
    builder.addFloat32(0.5);
    const quantization = table(4, put(2, builder.endVector()));
    const shapeAt = list(shape, false);
    const sparsity = table(0);
    return table(
      8,
      put(0, shapeAt),
      (b) => b.addFieldInt8(1, 9, 0),
      (b) => b.addFieldInt32(2, buffer, 0),
      put(4, quantization),
      ...(isSparse ? [put(6, sparsity)] : []),
    );
  };
  const tensors = list([tensor([1, 4], 0), tensor([2, 4], 1, isSparse), tensor([1, 2], 0)]);
  const [inputs, outputs] = [list([0, 1], false), list([2], false)];
  const options = table(1);
  const operator = table(5, put(1, inputs), put(2, outputs), (b) => b.addFieldInt8(3, 8, 0), put(4, options));
  const operators = list([operator]);
  const [from, to] = [list([0], false), list([2], false)];
  const graph = table(4, put(0, tensors), put(1, from), put(2, to), put(3, operators));
  const graphs = list([graph]);
  const code = table(
    4,
    (b) => b.addFieldInt8(0, 9, 0),
    (b) => b.addFieldInt32(3, 9, 0),
  );
  const codes = list([code]);
  const weights = builder.createByteVector(Uint8Array.of(1, 2));
  const outside = [(b: Builder) => b.addFieldInt64(1, BigInt(at), 0n), (b: Builder) => b.addFieldInt64(2, 8n, 0n)];
  const buffers = list([table(1), at === 0 ? table(1, put(0, weights)) : table(3, ...outside)]);
  builder.finish(
    table(5, (b) => b.addFieldInt32(0, 3, 0), put(1, codes), put(2, graphs), put(4, buffers)),
    "TFL3",
  );
  return Uint8Array.from(builder.asUint8Array());
}

test("sparse weights: each operator that has them, and the writer refuses them", async (t) => {
  const bytes = fullyConnected({ isSparse: true });
  const model = readTflite(bytes);
  const line = "FULLY_CONNECTED #0: sparse weights, which neither backend reads: make them dense before converting";
  t.like(await supportOf(bytes, model), { micro: [line], tflm: [line] });
  t.throws(() => writeTflite(model), { message: /is sparse/ });
});

test("data behind the FlatBuffer: it is read, no backend runs it in place, and what is written has it inside", async (t) => {
  const weights = [1, 2, 3, 4, 5, 6, 7, 8];
  const { length } = fullyConnected({ at: 99 });
  const bytes = Uint8Array.of(...fullyConnected({ at: length }), ...weights);
  const model = readTflite(bytes);
  t.deepEqual([...model.buffers[1]!], weights);
  const line =
    "the data of buffer 1 is behind the FlatBuffer, where neither backend reads it: npx loam plan MODEL --arena BYTES --out FILE writes it into it";
  t.like(await supportOf(bytes, model), { micro: [line], tflm: [line] });
  t.throws(() => tflmFigures(model), { message: /^it does not run on tflm: the data of buffer 1 is behind/ });
  const inside = writeTflite(model);
  t.deepEqual(await supportOf(inside, readTflite(inside)), { micro: [], tflm: [], advice: [] });
  t.throws(() => readTflite(bytes.subarray(0, bytes.length - 1)), {
    message: `buffer 1 is to be 8 bytes at byte ${length}, behind the FlatBuffer; the file has ${length + 7} bytes`,
  });
});

test("a size that is computed: TensorFlow Lite Micro wants a constant, and no arena is made up for it", async (t) => {
  const builder = new ModelBuilder();
  const image = builder.int8([1, 2, 2, 1], 0.1, 0);
  const size = builder.tensor([2], "INT32");
  const output = builder.operator("RESIZE_NEAREST_NEIGHBOR", [image, size], builder.int8([1, 4, 4, 1], 0.1, 0));
  const model = builder.build([image, size], [output]);
  const { tflm } = await supportOf(writeTflite(model), model);
  t.deepEqual(tflm, ["RESIZE_NEAREST_NEIGHBOR #0: input 1 is computed, and TensorFlow Lite Micro wants a constant"]);
  t.throws(() => tflmFigures(model), {
    message: /^it does not run on tflm: RESIZE_NEAREST_NEIGHBOR #0: input 1 is comp/,
  });
});

test("an operator that reads constants alone is looked at as the others are", async (t) => {
  const builder = new ModelBuilder();
  const input = builder.int8([1, 4], 0.1, 0);
  const one = builder.int8([1], 0.1, 0, Int8Array.of(1));
  const of = builder.operator("TANH", [one], builder.int8([1], 0.1, 0));
  const model = builder.build([input], [builder.operator("RELU", [input], builder.int8([1, 4], 0.1, 0)), of]);
  const { micro } = await supportOf(writeTflite(model), model);
  t.deepEqual(micro, ["TANH #0: tensor 2 must have scale 1/128 and zero point 0"]);
});

/** What keeps state has resources without a size, operators without outputs, and a second graph. */
function withVariables(): TfliteModel {
  const model = chain(["INT8", "INT8"], [relu]);
  model.operatorCodes.push(
    { builtinCode: 129, version: 1 },
    { builtinCode: 142, version: 1 },
    { builtinCode: 144, version: 1 },
  );
  const main = model.subgraphs[0]!;
  const handle: TfliteTensor = { name: "state", shape: [], type: "RESOURCE", buffer: 0 };
  const assign = [
    { opcodeIndex: 2, inputs: [], outputs: [0] },
    { opcodeIndex: 3, inputs: [0, 1], outputs: [] },
  ];
  main.operators.unshift({ opcodeIndex: 1, inputs: [], outputs: [] });
  model.subgraphs.push({
    name: "init",
    tensors: [handle, { ...main.tensors[0]!, buffer: 1 }],
    inputs: [],
    outputs: [],
    operators: assign,
  });
  model.buffers.push(new Uint8Array(4));
  return model;
}

test("inspect opens a model with variables and two subgraphs", async (t) => {
  const model = withVariables();
  const bytes = writeTflite(model);
  const { operators, subgraphs } = inspect(model, bytes.length);
  t.deepEqual(
    [operators, subgraphs[0]!.operators].map((list) => list.map(({ operator }) => operator)),
    [
      ["CALL_ONCE", "RELU"],
      ["VAR_HANDLE", "ASSIGN_VARIABLE"],
    ],
  );
  // It does not say which subgraph CALL_ONCE runs.
  t.deepEqual((await supportOf(bytes, model)).micro, ["CALL_ONCE #0: has options of type 0, 103 expected"]);
});

const loam = (...args: string[]) =>
  execa(process.execPath, [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });

test("loam arena --backend tflm has its figures where micro refuses, and none for a model in float32", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-support-"));
  try {
    const builder = new ModelBuilder();
    const input = builder.int8([1, 4], 0.1, 0);
    // TensorFlow Lite Micro compares the integers as they are, whatever they stand for; micro refuses that.
    const microRefuses = builder.build(
      [input],
      [builder.operator("MAXIMUM", [input, input], builder.int8([1, 4], 0.3, 0))],
    );
    const [file, float] = [path.join(folder, "scales.tflite"), path.join(folder, "float.tflite")];
    await writeFile(file, writeTflite(microRefuses));
    await writeFile(float, writeTflite(chain(["FLOAT32", "FLOAT32"], [relu])));
    const figures = await loam("arena", file, "--backend", "tflm");
    t.is(figures.exitCode, 0, figures.stderr);
    t.regex(
      figures.stdout,
      /MAXIMUM.*\n[^]*micro: backend micro: MAXIMUM #0: .*must have the scale[^]*tflm needs [\d,]+ bytes/,
    );
    t.is((await loam("arena", file)).exitCode, 1);
    const none = await loam("arena", float, "--backend", "tflm");
    t.is(none.exitCode, 1);
    const json = JSON.parse((await loam("arena", float, "--json")).stdout) as { support?: unknown };
    t.like(json.support, { micro: ["RELU #0: float32, and micro computes in int8"], tflm: [] });
    t.notRegex(none.stdout, /tflm needs/);
    t.regex(none.stderr, /RELU #0: how much arena TensorFlow Lite Micro needs for it is known in int8, not in float32/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

needs(tflm)("an operator that gives up while TensorFlow Lite Micro runs is an error", async (t) => {
  const floorDiv = chain(["FLOAT32", "FLOAT32", "FLOAT32"], [90]);
  floorDiv.subgraphs[0]!.inputs = [0, 1];
  floorDiv.subgraphs[0]!.outputs = [2];
  floorDiv.subgraphs[0]!.operators[0] = { opcodeIndex: 0, inputs: [0, 1], outputs: [2] };
  const bytes = writeTflite(floorDiv);
  const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const run = (divisor: number) => infer(bytes, [[floats(7, 7, 7, -7), floats(2, 2, divisor, 2)]], { backend: "tflm" });
  const [{ outputs }] = (await run(4)) as [{ outputs: Uint8Array[] }];
  t.deepEqual(outputs, [floats(3, 3, 1, -4)]);
  await t.throwsAsync(run(0), { instanceOf: UserError, message: /^backend tflm: an operator failed in run 0/ });
});
