import type { Descriptor, Generator } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { about, quantized } from "./shared/random.js";
import { runReduce } from "./shared/reduce.js";
import { kernel, prepareSum } from "./shared/tflm.js";
import { int32 } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale } = about(place);
  const rank = shape.length;
  if (rank > 4) return undefined;
  const axes =
    rank === 4 && random.chance(0.5)
      ? [1, 2]
      : random.shuffle(shape.map((_, axis) => axis)).slice(0, random.int(1, rank));
  const keepDims = random.chance(0.5);
  const outShape = keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
  if (outShape.length === 0) return undefined;
  const out = model.int8(outShape, scale * random.logUniform(0.3, 1.5), quantized(random).zeroPoint);
  return model.operator(
    "MEAN",
    [from, model.int32s(axes.map((axis) => (random.chance(0.2) ? axis - rank : axis)))],
    out,
    { keepDims: keepDims ? 1 : 0 },
  );
};

export const mean: Descriptor = {
  code: 40,
  options: { type: "Reducer", union: 27, fields: [["keepDims", "bool", 0]] },
  version: secondThen(3),
  macs: "none",
  graph: {
    ...activates,
    run: runReduce((tf) => tf.mean),
    layers: { GlobalAveragePooling1D: "same", GlobalAveragePooling2D: "same" },
  },
  tflm: kernel("ParseReducer", [1, 1], 44, prepareSum),
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [1, 4, 3, 2] }, int32(1, 2)], { shape: [1, 2] }, {}]],
    random,
    suite: 1,
    desktop:
      "float averages, or, over height and width, rescales the sum first and divides it after that, rounding twice",
  },
};
