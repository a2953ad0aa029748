import { engineOnly } from "./shared/engineOnly.js";
import { pointwise } from "./shared/random.js";

export const elu = engineOnly({
  code: 111,
  options: "none",
  tiny: [[[{ shape: [7] }], { shape: [7] }]],
  random: pointwise("ELU", "any"),
  suite: 5,
});
