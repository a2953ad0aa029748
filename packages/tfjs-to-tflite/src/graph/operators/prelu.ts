import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { activates } from "./shared/graphRules.js";
import { about, quantized, sane } from "./shared/random.js";
import { binary } from "./shared/run.js";
import { sizeOf } from "../shape.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale } = about(place);
  if (shape.length > 4) return undefined;
  const slopes = shape.slice(1).map((size) => (random.chance(0.4) ? 1 : size));
  const alpha = model.int8(slopes, random.logUniform(0.002, 0.02), random.int(-20, 20), random.int8s(sizeOf(slopes)));
  const out = model.int8(shape, sane(scale * random.logUniform(0.3, 3)), quantized(random).zeroPoint);
  return model.operator("PRELU", [from, alpha], out);
};

export const prelu = engineOnly({
  code: 54,
  options: "none",
  tflm: kernel("ParsePrelu", "none", 28, inputsThenOutput),
  version: () => 1,
  tiny: [[[{ shape: [2, 3] }, { shape: [3], data: Uint8Array.of(10, 200, 100) }], { shape: [2, 3] }]],
  random,
  types: ["int8", "int16"],
  suite: 3,
  graph: { ...activates, run: binary((tf, x, alpha) => tf.prelu(x, alpha)), layers: { PReLU: "mixes" } },
});
