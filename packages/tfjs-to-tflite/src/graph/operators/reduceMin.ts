import { reduce } from "./shared/reduce.js";

export const reduceMin = reduce("REDUCE_MIN", 89, false, (tf) => tf.min, "the same");
