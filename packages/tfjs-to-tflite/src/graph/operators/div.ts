import type { Generator } from "./descriptor.js";
import { arithmetic } from "./shared/arithmetic.js";
import { engineOnly } from "./shared/engineOnly.js";
import { about, activation, quantized, sane } from "./shared/random.js";
import { binary } from "./shared/run.js";
import { int32, whole } from "./shared/tiny.js";
import { activationField } from "./shared/window.js";
import { sizeOf } from "../shape.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

/** By a constant without zeros, at which TensorFlow Lite Micro stops. */
const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale } = about(place);
  if (shape.length > 4) return undefined;
  const cut = random.chance(0.2) ? random.int(0, shape.length - 1) : 0;
  const divisors = shape.slice(cut).map((size) => (random.chance(0.4) ? 1 : size));
  const { zeroPoint } = quantized(random);
  const data = random.int8s(sizeOf(divisors)).map((value) => (value !== zeroPoint ? value : value > 0 ? -9 : 9));
  const other = scale * random.logUniform(0.3, 3);
  const by = model.int8(divisors, other, zeroPoint, data);
  const out = model.int8(shape, sane(scale / (other * random.logUniform(70, 3000))), quantized(random).zeroPoint);
  return model.operator("DIV", [from, by], out, { fusedActivation: activation(random) });
};

export const div = engineOnly({
  code: 42,
  options: { type: "Div", union: 29, fields: [activationField] },
  tflm: kernel("ParseDiv", [4, 4], 28, inputsThenOutput),
  version: () => 2,
  tiny: [
    [[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3] }, {}],
    [[{ shape: [2, 3] }, { shape: [3], data: Uint8Array.of(10, 200, 3) }], { shape: [2, 3] }, {}],
    [[whole, int32(7, -3, -1)], whole, {}],
  ],
  random,
  suite: 4,
  graph: {
    ...arithmetic,
    run: binary((tf, a, b) => tf.div(a, b)),
    error: { growth: "product", steps: 1 },
    layers: {},
  },
});
