import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { addParts, tinyParts } from "./shared/parts.js";
import { kernel, temps } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  const axis = random.int(0, shape.length - 1);
  const counts = [2, 3, 4, 5].filter((count) => shape[axis]! % count === 0);
  if (shape.length > 4 || counts.length === 0) return undefined;
  const count = random.pick(counts);
  const part = shape.map((size, d) => (d === axis ? size / count : size));
  const asked = model.int32s([random.chance(0.3) ? axis - shape.length : axis]);
  return addParts(place, "SPLIT", [asked, from], Array<number[]>(count).fill(part), { numSplits: count });
};

export const split = engineOnly({
  code: 49,
  options: { type: "Split", union: 35, fields: [["numSplits", "int32", 0]] },
  tflm: kernel("ParseSplit", [4, 4], "none", ({ inputs: [axis] }) => temps(axis)),
  version: () => 2,
  tiny: [
    (model) =>
      tinyParts(
        model,
        "SPLIT",
        (data) => [model.int32s([1]), data],
        [
          [2, 2, 3],
          [2, 2, 3],
        ],
        { numSplits: 2 },
      ),
  ],
  random,
  suite: 3,
  types: ["int8", "int16"],
});
