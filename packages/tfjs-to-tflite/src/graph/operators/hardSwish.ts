import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { inputAndOutput } from "./shared/tflm.js";
import { firstVersion } from "./shared/version.js";

export const hardSwish: Descriptor = {
  code: 117,
  options: { type: "HardSwish", union: 91, fields: [] },
  version: firstVersion,
  macs: "none",
  graph: {
    ...activates,
    run: unary((tf, x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6))),
    /** Computed in 16 bits at the input's scale. */
    error: { growth: 1.5, steps: 2 },
    layers: { Activation: "same" },
  },
  tflm: { parser: "ParseHardSwish", options: "none", inPlace: false, types: [], data: 20, prepare: inputAndOutput },
  engine: {
    types: ["int8"],
    tiny: [[[{ shape: [7] }], { shape: [7] }]],
    random: pointwise("HARD_SWISH", "any"),
    suite: 1,
    desktop: "the same",
  },
};
