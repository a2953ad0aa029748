import { engineOnly } from "./shared/engineOnly.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";
import { secondThen } from "./shared/version.js";

export const abs = engineOnly({
  code: 101,
  options: { type: "Abs", union: 78, fields: [] },
  tflm: kernel("ParseAbs", "none", 28, inputAndOutput),
  version: secondThen(3),
  tiny: [[[{ shape: [7] }], { shape: [7] }]],
  random: (place) => pointwise("ABS", place.random.chance(0.3) ? "same" : "any")(place),
  suite: 3,
  graph: { ...activates, run: unary((tf, x) => tf.abs(x)), commutesWithScale: true, layers: {} },
  types: ["int8", "int16"],
});
