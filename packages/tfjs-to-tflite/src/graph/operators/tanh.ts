import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { symmetric, tableOnDesktop } from "./shared/sigmoid.js";
import { temps } from "./shared/tflm.js";
import { scaled } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

export const tanh: Descriptor = {
  code: 28,
  options: "none",
  version: secondThen(3),
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x) => tf.tanh(x)),
    quantization: { kind: "fixed", ...symmetric },
    error: { growth: 1, steps: 2 },
    layers: { Activation: "same" },
  },
  tflm: {
    parser: "ParseTanh",
    options: "none",
    inPlace: false,
    types: [],
    data: 16,
    prepare: ({ inputs, outputs }) => temps(inputs[0], inputs[0], outputs[0]),
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [7] }], { shape: [7], quantization: scaled(1 / 128, 0) }]],
    random: pointwise("TANH", symmetric),
    suite: 1,
    desktop: tableOnDesktop,
  },
};
