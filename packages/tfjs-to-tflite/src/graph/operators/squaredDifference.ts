import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { activates } from "./shared/graphRules.js";
import { about, operand, quantized, sane } from "./shared/random.js";
import { binary } from "./shared/run.js";
import { whole } from "./shared/tiny.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale } = about(place);
  if (shape.length > 4) return undefined;
  const other = operand(place, quantized, () => true);
  const out = model.int8(shape, sane(scale * scale * 100 * random.logUniform(0.3, 3)), quantized(random).zeroPoint);
  return model.operator("SQUARED_DIFFERENCE", random.chance(0.5) ? [from, other] : [other, from], out);
};

export const squaredDifference = engineOnly({
  code: 99,
  options: { type: "SquaredDifference", union: 76, fields: [] },
  tflm: kernel("ParseSquaredDifference", "none", 112, inputsThenOutput),
  version: () => 2,
  tiny: [
    [[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3] }],
    [[{ shape: [2, 1, 3] }, { shape: [4, 1] }], { shape: [2, 4, 3] }],
    [[whole, whole], whole],
  ],
  random,
  types: ["int8", "int16"],
  suite: 3,
  graph: {
    ...activates,
    run: binary((tf, a, b) => tf.squaredDifference(a, b)),
    error: { growth: "product", steps: 1 },
    layers: {},
  },
});
