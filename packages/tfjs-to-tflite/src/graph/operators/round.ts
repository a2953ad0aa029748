import { floatOnly } from "./shared/floatOnly.js";

export const round = floatOnly(116, "none", "ParseRound", (tf, x) => tf.round(x));
