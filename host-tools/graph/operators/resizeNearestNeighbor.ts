import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { isLarge, moved } from "./shared/moving.js";
import { int32 } from "./shared/tiny.js";
import { secondForInt8 } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  if (shape.length !== 4) return undefined;
  const [n, , , c] = shape as [number, number, number, number];
  const size = [random.int(1, 14), random.int(1, 14)];
  const outShape = [n, ...size, c];
  if (isLarge(outShape)) return undefined;
  const mode = random.int(0, 2);
  return moved(place, "RESIZE_NEAREST_NEIGHBOR", [model.int32s(size)], outShape, {
    alignCorners: mode === 1 ? 1 : 0,
    halfPixelCenters: mode === 2 ? 1 : 0,
  });
};

export const resizeNearestNeighbor = engineOnly({
  code: 97,
  options: {
    type: "ResizeNearestNeighbor",
    union: 74,
    fields: [
      ["alignCorners", "bool", 0],
      ["halfPixelCenters", "bool", 0],
    ],
  },
  version: secondForInt8,
  tiny: [[[{ shape: [1, 2, 3, 2] }, int32(5, 4)], { shape: [1, 5, 4, 2] }, {}]],
  random,
  suite: 3,
});
