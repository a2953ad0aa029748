import { engineOnly } from "./shared/engineOnly.js";
import { moves } from "./shared/graphRules.js";
import { resized, runResize } from "./shared/resize.js";
import { elementOf, int32, withShape } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";
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
  version: secondThen(4),
  tiny: [
    [[{ shape: [1, 2, 3, 2] }, int32(5, 4)], { shape: [1, 5, 4, 2] }, {}],
    (model) => {
      const { input, computed } = withShape(model, [1, 2, 3, 2]);
      const size = [0, 2].map((axis) => elementOf(model, computed, axis));
      const list = model.operator("PACK", size, model.tensor([2], "INT32"), { valuesCount: 2, axis: 0 });
      return {
        inputs: [input],
        outputs: [model.operator("RESIZE_NEAREST_NEIGHBOR", [input, list], model.int8([1, 1, 3, 2], 0.05, 3))],
      };
    },
  ],
  random: resized("RESIZE_NEAREST_NEIGHBOR"),
  types: ["int8", "int16"],
  suite: 3,
  graph: { ...moves, run: runResize((tf) => tf.image.resizeNearestNeighbor), layers: {} },
});
