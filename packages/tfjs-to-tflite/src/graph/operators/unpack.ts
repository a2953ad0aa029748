import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { addParts, tinyParts } from "./shared/parts.js";
import { secondThen } from "./shared/version.js";
import { kernel, nothing } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  const axis = random.int(0, shape.length - 1);
  if (shape.length > 4 || shape.length < 2 || shape[axis]! > 5) return undefined;
  const part = shape.filter((_, d) => d !== axis);
  return addParts(place, "UNPACK", [from], Array<number[]>(shape[axis]!).fill(part), {
    num: shape[axis]!,
    axis: random.chance(0.3) ? axis - shape.length : axis,
  });
};

export const unpack = engineOnly({
  code: 88,
  options: {
    type: "Unpack",
    union: 64,
    fields: [
      ["num", "int32", 0],
      ["axis", "int32", 0],
    ],
  },
  tflm: kernel("ParseUnpack", [8, 4], "none", nothing),
  version: secondThen(4),
  tiny: [
    (model) =>
      tinyParts(
        model,
        "UNPACK",
        (data) => [data],
        [
          [4, 3],
          [4, 3],
        ],
        { num: 2, axis: 0 },
      ),
  ],
  random,
  suite: 3,
  types: ["int8", "int16"],
});
