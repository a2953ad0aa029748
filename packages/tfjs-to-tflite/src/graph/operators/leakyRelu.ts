import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { number, unary } from "./shared/run.js";
import { inputAndOutput } from "./shared/tflm.js";
import { secondThen } from "./shared/version.js";

export const leakyRelu: Descriptor = {
  code: 98,
  options: { type: "LeakyRelu", union: 75, fields: [["alpha", "float32", 0]] },
  version: secondThen(2),
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x, node) => tf.leakyRelu(x, number(node, "alpha"))),
    commutesWithScale: true,
    layers: { LeakyReLU: "same" },
  },
  tflm: { parser: "ParseLeakyRelu", options: [4, 4], inPlace: false, types: [], data: 24, prepare: inputAndOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [7] }], { shape: [7] }, { alpha: 0.25 }]],
    random: pointwise("LEAKY_RELU", "any", (random) => ({ alpha: Math.fround(random.logUniform(0.01, 0.9)) })),
    suite: 1,
    desktop: "the same",
  },
};
