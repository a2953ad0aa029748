import { floatOnly } from "./shared/floatOnly.js";

export const ceil = floatOnly(104, "none", "ParseCeil", (tf, x) => tf.ceil(x));
