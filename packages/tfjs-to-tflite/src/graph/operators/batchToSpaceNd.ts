import { batchToSpace } from "./shared/blocks.js";
import { engineOnly } from "./shared/engineOnly.js";
import { int32 } from "./shared/tiny.js";
import { secondForInt8 } from "./shared/version.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

const crops = { ...int32(1, 2, 0, 2), shape: [2, 2] };

export const batchToSpaceNd = engineOnly({
  code: 37,
  options: { type: "BatchToSpaceND", union: 24, fields: [] },
  tflm: kernel("ParseBatchToSpaceNd", "none", "none", inputAndOutput),
  version: secondForInt8,
  tiny: [
    [[{ shape: [6, 3, 2, 2] }, int32(2, 3), crops], { shape: [1, 3, 4, 2] }],
    [[{ shape: [4, 2, 3] }, int32(2), { ...int32(0, 0), shape: [1, 2] }], { shape: [2, 4, 3] }],
  ],
  random: batchToSpace,
  suite: 3,
});
