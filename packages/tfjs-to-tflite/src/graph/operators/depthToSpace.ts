import { depthBlocks } from "./shared/blocks.js";
import type * as tfjs from "@tensorflow/tfjs-core";
import { engineOnly } from "./shared/engineOnly.js";
import { moves } from "./shared/graphRules.js";
import { number, unary } from "./shared/run.js";
import { firstVersion } from "./shared/version.js";
import { dimensions, kernel, shapeOf, temps } from "./shared/tflm.js";

export const depthToSpace = engineOnly({
  code: 5,
  options: { type: "DepthToSpace", union: 94, fields: [["blockSize", "int32", 0]] },
  tflm: kernel("ParseDepthToSpace", [4, 4], "none", ({ inputs, outputs: [output] }, tensors) => [
    ...temps(inputs[0], output),
    dimensions(shapeOf(tensors, output)),
  ]),
  version: firstVersion,
  tiny: [[[{ shape: [1, 2, 3, 12] }], { shape: [1, 4, 6, 3] }, { blockSize: 2 }]],
  random: depthBlocks("DEPTH_TO_SPACE"),
  suite: 3,
  graph: {
    ...moves,
    run: unary((tf, x, node) => tf.depthToSpace(x as tfjs.Tensor4D, number(node, "blockSize"))),
    layers: {},
  },
});
