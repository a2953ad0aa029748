import type { Descriptor, Generator } from "./descriptor.js";
import { about } from "./shared/random.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { int32 } from "./shared/tiny.js";
import { firstVersion } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 3) return undefined;
  const axis = random.int(0, shape.length);
  const outShape = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  return model.operator(
    "EXPAND_DIMS",
    [from, model.int32s([random.chance(0.3) ? axis - outShape.length : axis])],
    model.int8(outShape, scale, zeroPoint),
  );
};

export const expandDims: Descriptor = {
  code: 70,
  options: { type: "ExpandDims", union: 52, fields: [] },
  version: firstVersion,
  macs: "none",
  graph: "read only",
  tflm: {
    parser: "ParseExpandDims",
    options: "none",
    inPlace: true,
    types: "any",
    data: "none",
    prepare: inputsThenOutput,
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [2, 3] }, { ...int32(1), shape: [] }], { shape: [2, 1, 3] }, {}]],
    random,
    suite: 1,
    desktop: "the same",
  },
};
