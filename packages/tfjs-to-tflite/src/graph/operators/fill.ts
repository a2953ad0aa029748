import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { about } from "./shared/random.js";
import { int32, withShape } from "./shared/tiny.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 4) return undefined;
  const value = model.int8([], scale, zeroPoint, random.int8s(1));
  return model.operator("FILL", [model.int32s(shape), value], model.int8(shape, scale, zeroPoint));
};

export const fill = engineOnly({
  code: 94,
  options: { type: "Fill", union: 68, fields: [] },
  tflm: kernel("ParseFill", "none", "none", inputsThenOutput),
  version: () => 3,
  tiny: [
    [[int32(2, 3), { shape: [] }], { shape: [2, 3] }],
    (model) => {
      const { input, computed } = withShape(model, [2, 3]);
      const value = model.int8([], 0.05, 3, Int8Array.of(-7));
      return { inputs: [input], outputs: [model.operator("FILL", [computed, value], model.int8([2, 3], 0.05, 3))] };
    },
  ],
  random,
  suite: 3,
});
