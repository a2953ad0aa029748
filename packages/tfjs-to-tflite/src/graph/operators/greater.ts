import { comparison } from "./shared/comparison.js";
import { activates } from "./shared/graphRules.js";
import { binary } from "./shared/run.js";

export const greater = comparison("GREATER", 61, "Greater", 44, {
  ...activates,
  run: binary((tf, a, b) => tf.greater(a, b)),
  layers: { ThresholdedReLU: "same" },
});
