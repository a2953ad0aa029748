import { floatOnly } from "./shared/floatOnly.js";

export const cos = floatOnly(108, { type: "Cos", union: 84, fields: [] }, "ParseCos", (tf, x) => tf.cos(x));
