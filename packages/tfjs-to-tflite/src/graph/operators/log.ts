import { floatOnly } from "./shared/floatOnly.js";

export const log = floatOnly(73, "none", "ParseLog", (tf, x) => tf.log(x));
