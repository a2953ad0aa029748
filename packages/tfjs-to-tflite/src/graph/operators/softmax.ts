import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { about, pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { probability } from "./shared/sigmoid.js";
import { inputAndOutput, isInt16, kernel } from "./shared/tflm.js";
import { scaled } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

const drawn = pointwise("SOFTMAX", probability, (random) => ({ beta: random.pick([1, 1, 0.5, 2]) }));

export const softmax: Descriptor = {
  code: 25,
  options: { type: "Softmax", union: 9, fields: [["beta", "float32", 0]] },
  version: secondThen(3),
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x) => tf.softmax(x)),
    quantization: { kind: "fixed", ...probability },
    error: { growth: 0.5, steps: 2 },
    decidedBefore: true,
    layers: { Softmax: "mixes" },
  },
  tflm: kernel("ParseSoftmax", [4, 4], 56, (operator, tensors) => [
    ...inputAndOutput(operator),
    // Of int16, tables of exp and of 1 / (1 + x), 513 numbers each.
    ...(isInt16(tensors, operator.inputs[0]) ? [{ persistent: 1026 }, { persistent: 1026 }] : []),
  ]),
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [2, 5] }], { shape: [2, 5], quantization: scaled(1 / 256, -128) }, { beta: 1 }]],
    /** TensorFlow Lite Micro aborts when the sum of a row's exponentials overflows, which can happen only in a long row. */
    random: (place) => (about(place).shape.at(-1)! > 500 ? undefined : drawn(place)),
    suite: 1,
    desktop: "float exponentials",
  },
};
