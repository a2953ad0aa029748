// Slow: compiles TensorFlow Lite Micro with its signal library
/** TensorFlow Lite Micro's custom operators: they are found by their names, with their options. */
import test from "ava";
import { encode } from "flatbuffers/mjs/flexbuffers.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TensorType, TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { tflmCustom } from "tfjs-to-tflite/graph/tflmOperators.js";
import { tensorBytes } from "../../host-tools/inference/graph.js";
import { infer, InferenceError, InferenceSession, inferWith } from "../../host-tools/inference/index.js";
import { operatorsDefine, usedOperators } from "../../host-tools/inference/operators.js";
import { supportOf } from "../../host-tools/inference/support.js";
import { tflmFigures } from "../../host-tools/inference/tflmSupport.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { needs, tflm } from "../helpers/needs.js";
import { saidOf } from "./tflmRuns.js";

type Tensor = readonly [shape: number[], type: TensorType, data?: ArrayBufferView];

/** A model of one custom operator. */
function custom(name: string, inputs: Tensor[], outputs: Tensor[], options?: Record<string, unknown>): TfliteModel {
  const buffers: Uint8Array[] = [new Uint8Array()];
  const tensors = [...inputs, ...outputs].map(([shape, type, data], i) => ({
    name: `t${i}`,
    shape,
    type,
    buffer: data ? buffers.push(new Uint8Array(data.buffer)) - 1 : 0,
  }));
  const made = outputs.map((_, i) => inputs.length + i);
  const operator = {
    opcodeIndex: 0,
    inputs: inputs.map((_, i) => i),
    outputs: made,
    ...(options && { customOptions: encode(options) }),
  };
  return {
    version: 3,
    description: "",
    operatorCodes: [{ builtinCode: 32, customCode: name, version: 1 }],
    subgraphs: [
      {
        name: "main",
        tensors,
        inputs: inputs.flatMap(([, , data], i) => (data ? [] : [i])),
        outputs: made,
        operators: [operator],
      },
    ],
    buffers,
    metadata: [],
  };
}

const four: Tensor = [[1, 4], "INT16"];
const numbers = new Uint8Array(Int16Array.of(100, -50, 3, 0).buffer);
const window = (options?: Record<string, unknown>) =>
  custom("SignalWindow", [four, [[4], "INT16", Int16Array.of(4096, 2048, 4096, 1)]], [four], options);
const detections = custom(
  "TFLite_Detection_PostProcess",
  [
    [[1, 2, 4], "FLOAT32"],
    [[1, 2, 2], "FLOAT32"],
    [[2, 4], "FLOAT32", Float32Array.of(0.5, 0.5, 1, 1, 0.25, 0.25, 0.5, 0.5)],
  ],
  [
    [[1, 1, 4], "FLOAT32"],
    [[1, 1], "FLOAT32"],
    [[1, 1], "FLOAT32"],
    [[1], "FLOAT32"],
  ],
  {
    max_detections: 1,
    max_classes_per_detection: 1,
    detections_per_class: 1,
    use_regular_nms: false,
    num_classes: 1,
    nms_score_threshold: 0.5,
    nms_iou_threshold: 0.5,
    y_scale: 1,
    x_scale: 1,
    h_scale: 1,
    w_scale: 1,
  },
);
const floats = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];
const int16s = (bytes: Uint8Array): number[] => [...new Int16Array(bytes.slice().buffer)];

needs(tflm)("a window, with its options", async (t) => {
  const [result] = await infer(writeTflite(window({ shift: 12 })), [[numbers]], { backend: "tflm" });
  t.deepEqual(int16s(result!.outputs[0]!), [100, -25, 3, 0]);
});

needs(tflm)("a scale for a transform, without options, and with two outputs", async (t) => {
  const model = custom(
    "SignalFftAutoScale",
    [[[4], "INT16"]],
    [
      [[4], "INT16"],
      [[], "INT32"],
    ],
  );
  const [result] = await infer(writeTflite(model), [[numbers]], { backend: "tflm", trace: true });
  // 100 has seven bits, of the fifteen that a number has beside its sign.
  t.deepEqual(int16s(result!.outputs[0]!), [25_600, -12_800, 768, 0]);
  t.is(result!.outputs[1]![0], 8);
  t.is(result!.trace![0]!.operator, "CUSTOM");
});

needs(tflm)("the best of two boxes", async (t) => {
  const boxes = new Uint8Array(new Float32Array(8).buffer);
  const scores = new Uint8Array(Float32Array.of(0.25, 0.75, 0.5, 0.5).buffer);
  const [result] = await infer(writeTflite(detections), [[boxes, scores]], { backend: "tflm" });
  t.deepEqual(result!.outputs.map(floats), [[0, 0, 1, 1], [0], [0.75], [1]]);
});

needs(tflm)("another custom operator, and one without the options that it reads, are refused", async (t) => {
  const refusals: [TfliteModel, RegExp][] = [
    [custom("Mine", [four], [four]), /operator #0: the custom operator "Mine" is not supported/],
    [window(), /SignalWindow #0 has no options/],
  ];
  for (const [model, message] of refusals)
    await t.throwsAsync(infer(writeTflite(model), [], { backend: "tflm" }), { instanceOf: InferenceError, message });
});

test("inspect knows them, and no arena is made up for them", async (t) => {
  const model = window({ shift: 12 });
  const { micro, tflm: theirs } = await supportOf(writeTflite(model), model);
  t.deepEqual([micro, theirs], [['CUSTOM "SignalWindow" #0: micro does not have it'], []]);
  t.throws(() => tflmFigures(model), {
    instanceOf: UserError,
    message: /^CUSTOM "SignalWindow" #0: how much arena .* is not known$/,
  });
  const bare = window();
  t.deepEqual((await supportOf(writeTflite(bare), bare)).tflm, ['CUSTOM "SignalWindow" #0: has no options']);
});

const spectral = {
  alternate_one_minus_smoothing: 1,
  alternate_smoothing: 1,
  clamping: false,
  min_signal_remaining: 1,
  num_channels: 2,
  one_minus_smoothing: 1,
  smoothing: 1,
  smoothing_bits: 1,
  spectral_subtraction_bits: 1,
};
const ints = (count: number): Tensor => [[count], "INT16"];
const wide = (count: number): Tensor => [[count], "UINT32"];
const flag: Tensor = [[], "BOOL"];

/** Shapes that a kernel takes, in the first types that are said of it. */
const shaped: readonly (readonly [
  name: string,
  inputs: Tensor[],
  outputs: Tensor[],
  options?: Record<string, unknown>,
])[] = [
  ["CIRCULAR_BUFFER", [[[1, 1, 1, 4], "INT8"]], [[[1, 3, 1, 4], "INT8"]], { cycles_max: 1 }],
  ["SignalDelay", [four], [four], { delay_length: 1 }],
  ["SignalEnergy", [ints(8)], [wide(4)], { end_index: 4, start_index: 0 }],
  ["SignalFftAutoScale", [ints(4)], [ints(4), [[], "INT32"]]],
  ["SignalFilterBank", [wide(8), ints(8), ints(8), ints(3), ints(3), ints(3)], [[[2], "UINT64"]], { num_channels: 2 }],
  ["SignalFilterBankLog", [wide(4)], [ints(4)], { input_correction_bits: 1, output_scale: 1 }],
  ["SignalFilterBankSpectralSubtraction", [wide(2)], [wide(2), wide(2)], spectral],
  [
    "SignalFilterBankSquareRoot",
    [
      [[2], "UINT64"],
      [[], "INT32"],
    ],
    [wide(2)],
  ],
  ["SignalFramer", [[[1, 2], "INT16"]], [[[1, 1, 4], "INT16"], flag], { frame_size: 4, frame_step: 2, prefill: true }],
  ["SignalIrfft", [[[1, 10], "FLOAT32"]], [[[1, 8], "FLOAT32"]], { T: 0, fft_length: 8 }],
  ["SignalOverlapAdd", [[[1, 1, 4], "FLOAT32"]], [[[1, 2], "FLOAT32"]], { T: 0, frame_step: 2 }],
  ["SignalPCAN", [wide(2), wide(2), ints(125)], [wide(2)], { snr_shift: 6 }],
  ["SignalRfft", [[[1, 8], "FLOAT32"]], [[[1, 10], "FLOAT32"]], { T: 0, fft_length: 8 }],
  [
    "SignalStacker",
    [ints(2)],
    [ints(4), flag],
    { num_channels: 2, stacker_left_context: 1, stacker_right_context: 0, stacker_step: 1 },
  ],
  ["SignalWindow", [four, ints(4)], [four], { shift: 12 }],
];

const others: readonly TensorType[] = ["FLOAT32", "INT8", "INT16", "INT32", "UINT32", "UINT64", "BOOL"];

/** The same with one tensor of another type each. */
const retyped = (model: TfliteModel): TfliteModel[] =>
  model.subgraphs[0]!.tensors.flatMap(({ type }, at) =>
    others.flatMap((other) => {
      if (other === type) return [];
      const changed = structuredClone(model);
      changed.subgraphs[0]!.tensors[at]!.type = other;
      return [changed];
    }),
  );

test("a custom operator in other types: it is said, with those that it has", (t) => {
  const of = custom("SignalEnergy", [ints(4)], [ints(4)], { end_index: 4, start_index: 0 });
  t.deepEqual(saidOf(of), [
    'CUSTOM "SignalEnergy" #0: from int16 to int16, and TensorFlow Lite Micro has it from int16 to uint32',
  ]);
  const names = [...shaped.map(([name]) => name), "TFLite_Detection_PostProcess", "TFLM_DECODE"];
  t.deepEqual([...tflmCustom.keys()].sort(), names.sort());
});

needs(tflm)(
  "TensorFlow Lite Micro runs each custom operator in the types that are said of it, and in no others",
  async (t) => {
    const session = await InferenceSession.start("tflm");
    const runs = async (model: TfliteModel): Promise<boolean> => {
      const { tensors, inputs } = model.subgraphs[0]!;
      const zeros = inputs.map((input) => new Uint8Array(tensorBytes(tensors[input]!)));
      try {
        await inferWith(session, writeTflite(model), [zeros], { arena: 1 << 16 });
        return true;
      } catch (error) {
        if (error instanceof InferenceError) return false;
        throw error;
      }
    };
    try {
      for (const [name, inputs, outputs, options] of shaped) {
        const model = custom(name, inputs, outputs, options);
        t.true(await runs(model), `${name}: ${saidOf(model).join("; ")}`);
        for (const each of [model, ...retyped(model)]) {
          const said = saidOf(each);
          const types = each.subgraphs[0]!.tensors.map(({ type }) => type).join(" ");
          t.is(await runs(each), said.length === 0, `${name} of ${types}: ${said.join("; ") || "nothing is said"}`);
        }
      }
      // Of the other inputs and outputs it does not look at the types, and takes them for floats.
      for (const at of [0, 1]) {
        const each = structuredClone(detections);
        each.subgraphs[0]!.tensors[at]!.type = "INT8";
        t.is(saidOf(each).length, 1);
        t.false(await runs(each), `boxes of int8 as input ${at}`);
      }
    } finally {
      session.close();
    }
  },
);

test("options are read and written, and a list of operators has the name in the file", (t) => {
  const model = window({ shift: 12 });
  const read = readTflite(writeTflite(model));
  t.deepEqual(read.subgraphs[0]!.operators[0]!.customOptions, encode({ shift: 12 }));
  const names = usedOperators([{ file: "window.tflite", model }], "tflm");
  t.is(operatorsDefine(names), "OPERATOR(SignalWindow)");
});
