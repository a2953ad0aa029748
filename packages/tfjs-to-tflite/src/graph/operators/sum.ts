import { reduce } from "./shared/reduce.js";

export const sum = reduce(
  "SUM",
  74,
  true,
  (tf) => tf.sum,
  "rescales the sum in float32, and takes the lowest eight bits where it is out of range",
);
