import { spaceToBatch } from "./shared/blocks.js";
import { engineOnly } from "./shared/engineOnly.js";
import { int32 } from "./shared/tiny.js";
import { secondForInt8 } from "./shared/version.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

const pads = { ...int32(1, 2, 0, 2), shape: [2, 2] };

export const spaceToBatchNd = engineOnly({
  code: 38,
  options: { type: "SpaceToBatchND", union: 25, fields: [] },
  tflm: kernel("ParseSpaceToBatchNd", "none", 4, inputAndOutput),
  version: secondForInt8,
  tiny: [
    [[{ shape: [1, 3, 4, 2] }, int32(2, 3), pads], { shape: [6, 3, 2, 2] }],
    [[{ shape: [2, 4, 3] }, int32(2), { ...int32(0, 0), shape: [1, 2] }], { shape: [4, 2, 3] }],
  ],
  random: spaceToBatch,
  suite: 3,
});
