import { engineOnly } from "./shared/engineOnly.js";
import { pointwise } from "./shared/random.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

export const elu = engineOnly({
  code: 111,
  options: "none",
  tflm: kernel("ParseElu", "none", 256, inputAndOutput),
  tiny: [[[{ shape: [7] }], { shape: [7] }]],
  random: pointwise("ELU", "any"),
  suite: 5,
});
