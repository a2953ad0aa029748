import { engineOnly } from "./shared/engineOnly.js";
import { moves } from "./shared/graphRules.js";
import { resized, runResize } from "./shared/resize.js";
import { int32 } from "./shared/tiny.js";
import { secondForInt8 } from "./shared/version.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

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
  tflm: kernel("ParseResizeNearestNeighbor", [2, 1], "none", inputsThenOutput),
  version: secondForInt8,
  tiny: [[[{ shape: [1, 2, 3, 2] }, int32(5, 4)], { shape: [1, 5, 4, 2] }, {}]],
  random: resized("RESIZE_NEAREST_NEIGHBOR"),
  suite: 3,
  graph: { ...moves, run: runResize((tf) => tf.image.resizeNearestNeighbor), layers: {} },
});
