import { floatOnly } from "./shared/floatOnly.js";

export const sin = floatOnly(66, "none", "ParseSin", (tf, x) => tf.sin(x));
