import { floatOnly } from "./shared/floatOnly.js";

export const sqrt = floatOnly(75, "none", "ParseSqrt", (tf, x) => tf.sqrt(x));
