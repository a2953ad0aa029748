import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { probability, tableOnDesktop } from "./shared/sigmoid.js";
import { inputAndOutput } from "./shared/tflm.js";
import { scaled } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

export const logistic: Descriptor = {
  code: 14,
  options: "none",
  version: secondThen(3),
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x) => tf.sigmoid(x)),
    quantization: { kind: "fixed", ...probability },
    error: { growth: 0.25, steps: 2 },
    decidedBefore: true,
    layers: { Activation: "same" },
  },
  tflm: { parser: "ParseLogistic", options: "none", inPlace: false, types: [], data: 16, prepare: inputAndOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [7] }], { shape: [7], quantization: scaled(1 / 256, -128) }]],
    random: pointwise("LOGISTIC", probability),
    suite: 1,
    desktop: tableOnDesktop,
  },
};
