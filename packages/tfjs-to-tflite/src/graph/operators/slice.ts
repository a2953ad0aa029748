import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { moved } from "./shared/moving.js";
import { int32 } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  if (shape.length > 4) return undefined;
  const begins = shape.map((size) => random.int(0, size - 1));
  const outShape = shape.map((size, d) => random.int(1, size - begins[d]!));
  const sizes = outShape.map((size, d) => (size === shape[d]! - begins[d]! && random.chance(0.5) ? -1 : size));
  return moved(place, "SLICE", [model.int32s(begins), model.int32s(sizes)], outShape);
};

export const slice = engineOnly({
  code: 65,
  options: { type: "Slice", union: 48, fields: [] },
  tflm: kernel("ParseSlice", "none", "none", inputsThenOutput),
  version: secondThen(4),
  tiny: [[[{ shape: [3, 4, 2] }, int32(1, 0, 1), int32(2, 3, -1)], { shape: [2, 3, 1] }]],
  random,
  suite: 3,
  types: ["int8", "int16"],
});
