import { floatOnly } from "./shared/floatOnly.js";

export const floor = floatOnly(8, "none", "ParseFloor", (tf, x) => tf.floor(x));
