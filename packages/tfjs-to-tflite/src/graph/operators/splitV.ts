import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { addParts, tinyParts } from "./shared/parts.js";
import { secondThen } from "./shared/version.js";
import { kernel, temps } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  const axis = random.int(0, shape.length - 1);
  if (shape.length > 4 || shape[axis]! < 2) return undefined;
  const first = random.int(1, shape[axis]! - 1);
  const sizes = [first, shape[axis]! - first];
  const shapes = sizes.map((part) => shape.map((size, d) => (d === axis ? part : size)));
  return addParts(place, "SPLIT_V", [from, model.int32s(sizes), model.int32s([axis])], shapes, { numSplits: 2 });
};

export const splitV = engineOnly({
  code: 102,
  options: { type: "SplitV", union: 79, fields: [["numSplits", "int32", 0]] },
  tflm: kernel("ParseSplitV", [4, 4], "none", ({ inputs: [, , axis] }) => temps(axis)),
  version: secondThen(2),
  tiny: [
    (model) =>
      tinyParts(
        model,
        "SPLIT_V",
        (data) => [data, model.int32s([1, 3]), model.int32s([-2])],
        [
          [2, 1, 3],
          [2, 3, 3],
        ],
        { numSplits: 2 },
      ),
  ],
  random,
  suite: 3,
  types: ["int8", "int16"],
});
