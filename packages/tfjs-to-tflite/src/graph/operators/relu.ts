import { activations } from "../../tflite/index.js";
import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { inputAndOutput } from "./shared/tflm.js";
import { scaled } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

export const relu: Descriptor = {
  code: 19,
  options: "none",
  version: secondThen(3),
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x) => tf.relu(x)),
    fusedAs: activations.RELU,
    commutesWithScale: true,
    layers: { Activation: "same", ReLU: "same" },
  },
  tflm: { parser: "ParseRelu", options: "none", inPlace: false, types: [], data: 28, prepare: inputAndOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [7] }], { shape: [7], quantization: scaled(0.03, -128) }]],
    random: pointwise("RELU", "any"),
    suite: 1,
    desktop: "the same",
  },
};
