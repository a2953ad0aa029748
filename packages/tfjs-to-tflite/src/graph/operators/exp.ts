import { floatOnly } from "./shared/floatOnly.js";

export const exp = floatOnly(47, { type: "Exp", union: 33, fields: [] }, "ParseExp", (tf, x) => tf.exp(x), {
  Activation: "same",
});
