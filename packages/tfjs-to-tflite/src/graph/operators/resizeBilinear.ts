import { engineOnly } from "./shared/engineOnly.js";
import { moves } from "./shared/graphRules.js";
import { resized, runResize } from "./shared/resize.js";
import { int32 } from "./shared/tiny.js";
import { secondForInt8 } from "./shared/version.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

export const resizeBilinear = engineOnly({
  code: 23,
  options: {
    type: "ResizeBilinear",
    union: 15,
    fields: [
      ["newHeight", "int32", 0],
      ["newWidth", "int32", 0],
      ["alignCorners", "bool", 0],
      ["halfPixelCenters", "bool", 0],
    ],
  },
  tflm: kernel("ParseResizeBilinear", [2, 1], "none", inputsThenOutput),
  version: secondForInt8,
  tiny: [
    [[{ shape: [1, 2, 3, 2] }, int32(5, 4)], { shape: [1, 5, 4, 2] }, {}],
    [[{ shape: [1, 4, 3, 2] }, int32(3, 5)], { shape: [1, 3, 5, 2] }, { alignCorners: 1 }],
  ],
  random: resized("RESIZE_BILINEAR"),
  suite: 3,
  graph: { ...moves, run: runResize((tf) => tf.image.resizeBilinear), layers: { UpSampling2D: "same" } },
});
