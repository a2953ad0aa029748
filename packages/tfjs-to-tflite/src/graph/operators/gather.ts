import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { moves as movesNumbers } from "./shared/graphRules.js";
import { isLarge, moved } from "./shared/moving.js";
import { int32 } from "./shared/tiny.js";
import { secondForInt8 } from "./shared/version.js";
import { dimensions, kernel, shapeOf, temps } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  const axis = random.int(0, shape.length - 1);
  const indices = Array.from({ length: random.int(1, 5) }, () => random.int(0, shape[axis]! - 1));
  const outShape = shape.toSpliced(axis, 1, indices.length);
  if (isLarge(outShape)) return undefined;
  const asked = random.chance(0.3) ? axis - shape.length : axis;
  return moved(place, "GATHER", [model.int32s(indices)], outShape, { axis: asked, batchDims: 0 });
};

export const gather = engineOnly({
  code: 36,
  options: {
    type: "Gather",
    union: 23,
    fields: [
      ["axis", "int32", 0],
      ["batchDims", "int32", 0],
    ],
  },
  tflm: kernel("ParseGather", [8, 4], "none", ({ inputs, outputs: [output] }, tensors) => [
    ...temps(inputs[0], inputs[1], output),
    dimensions(shapeOf(tensors, output)),
  ]),
  version: secondForInt8,
  tiny: [
    [[{ shape: [3, 4] }, int32(3, 0, 2)], { shape: [3, 3] }, { axis: 1 }],
    [[{ shape: [2, 3] }, { ...int32(2, 0, 1, 1), shape: [2, 2] }], { shape: [2, 2] }, { axis: 1, batchDims: 1 }],
  ],
  random,
  suite: 3,
  graph: {
    ...movesNumbers,
    run: (tf, _, value) => tf.gather(value(0), tf.cast(value(1), "int32")),
    quantization: { kind: "table" },
    layers: { Embedding: "mixes" },
  },
});
