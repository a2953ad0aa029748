import type { Descriptor, Generator } from "./descriptor.js";
import { about } from "./shared/random.js";
import { inputAndOutput } from "./shared/tflm.js";
import { firstVersion } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const ones = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (ones.length === 0 || shape.length < 2) return undefined;
  const squeezed = random
    .shuffle(ones)
    .slice(0, random.int(1, Math.min(ones.length, shape.length - 1)))
    .sort((a, b) => a - b);
  return model.operator(
    "SQUEEZE",
    [from],
    model.int8(
      shape.filter((_, axis) => !squeezed.includes(axis)),
      scale,
      zeroPoint,
    ),
    { squeezeDims: squeezed },
  );
};

export const squeeze: Descriptor = {
  code: 43,
  options: { type: "Squeeze", union: 30, fields: [["squeezeDims", "int32s", 0]] },
  version: firstVersion,
  macs: "none",
  graph: "read only",
  tflm: {
    parser: "ParseSqueeze",
    options: [36, 4],
    inPlace: true,
    types: "any",
    data: "none",
    prepare: inputAndOutput,
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [2, 1, 3] }], { shape: [2, 3] }, { squeezeDims: [1] }]],
    random,
    suite: 1,
    desktop: "the same",
  },
};
