import { activations } from "../../tflite/index.js";
import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { temps } from "./shared/tflm.js";
import { secondThen } from "./shared/version.js";

export const relu6: Descriptor = {
  code: 21,
  options: "none",
  version: secondThen(3),
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x) => tf.relu6(x)),
    /** TensorFlow Lite Micro only clamps here. */
    quantization: { kind: "same", requantize: "none", commutesWithClipping: true },
    fusedAs: activations.RELU6,
    layers: { Activation: "same", ReLU: "same" },
  },
  tflm: {
    parser: "ParseRelu6",
    options: "none",
    inPlace: false,
    types: [],
    data: 8,
    prepare: ({ inputs }) => temps(inputs[0]),
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [7] }], { shape: [7] }]],
    random: pointwise("RELU6", "same"),
    suite: 1,
    desktop: "the same",
  },
};
