// Slow: compiles TensorFlow Lite Micro with its signal library
/** TensorFlow Lite Micro's custom operators: they are found by their names, with their options. */
import test from "ava";
import { encode } from "flatbuffers/mjs/flexbuffers.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TensorType, TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { infer, InferenceError } from "../../host-tools/inference/index.js";
import { operatorsDefine, usedOperators } from "../../host-tools/inference/operators.js";
import { supportOf } from "../../host-tools/inference/support.js";
import { tflmFigures } from "../../host-tools/inference/tflmSupport.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { needs, tflm } from "../helpers/needs.js";

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

test("options are read and written, and a list of operators has the name in the file", (t) => {
  const model = window({ shift: 12 });
  const read = readTflite(writeTflite(model));
  t.deepEqual(read.subgraphs[0]!.operators[0]!.customOptions, encode({ shift: 12 }));
  const names = usedOperators([{ file: "window.tflite", model }], "tflm");
  t.is(operatorsDefine(names), "OPERATOR(SignalWindow)");
});
