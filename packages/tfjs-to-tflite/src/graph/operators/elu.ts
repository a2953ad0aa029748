import { engineOnly } from "./shared/engineOnly.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

export const elu = engineOnly({
  code: 111,
  options: "none",
  tflm: kernel("ParseElu", "none", 256, inputAndOutput),
  tiny: [[[{ shape: [7] }], { shape: [7] }]],
  random: pointwise("ELU", "any"),
  suite: 5,
  graph: { ...activates, run: unary((tf, x) => tf.elu(x)), layers: { ELU: "same", Activation: "same" } },
});
