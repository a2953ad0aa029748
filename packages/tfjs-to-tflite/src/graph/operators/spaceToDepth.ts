import { depthBlocks } from "./shared/blocks.js";
import { engineOnly } from "./shared/engineOnly.js";
import { secondForInt8 } from "./shared/version.js";
import { dimensions, kernel, shapeOf, temps } from "./shared/tflm.js";

export const spaceToDepth = engineOnly({
  code: 26,
  options: { type: "SpaceToDepth", union: 19, fields: [["blockSize", "int32", 0]] },
  tflm: kernel("ParseSpaceToDepth", [4, 4], "none", ({ inputs, outputs: [output] }, tensors) => [
    ...temps(inputs[0], output),
    dimensions(shapeOf(tensors, output)),
  ]),
  version: secondForInt8,
  tiny: [[[{ shape: [1, 4, 6, 3] }], { shape: [1, 2, 3, 12] }, { blockSize: 2 }]],
  random: depthBlocks("SPACE_TO_DEPTH"),
  suite: 3,
});
