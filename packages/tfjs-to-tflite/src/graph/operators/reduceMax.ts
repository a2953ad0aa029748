import { reduce } from "./shared/reduce.js";

export const reduceMax = reduce("REDUCE_MAX", 82, false, (tf) => tf.max, "the same");
