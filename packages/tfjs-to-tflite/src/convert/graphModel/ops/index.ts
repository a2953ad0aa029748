/** The ops of graph models that become operators of TensorFlow Lite, and what may be said of others. */
import { activationOps } from "./activation.js";
import { convolutionOps } from "./convolution.js";
import { elementwiseOps } from "./elementwise.js";
import { gatherOps } from "./gather.js";
import { imageOps } from "./image.js";
import { shapeOps } from "./shape.js";
import type { TranslateOp } from "./types.js";

export const opTable: Readonly<Record<string, TranslateOp>> = {
  ...convolutionOps,
  ...elementwiseOps,
  ...activationOps,
  ...imageOps,
  ...shapeOps,
  ...gatherOps,
};

/** What keeps an op from being converted, and an alternative. */
export const refusals: readonly (readonly [ops: RegExp, why: string, instead: string])[] = [
  [
    /^(Enter|Exit|Merge|Switch|NextIteration|LoopCond|If|While|StatelessIf|StatelessWhile|TensorArray.*|TensorList.*|(Stateful)?PartitionedCall)$/,
    "it is control flow, and a .tflite of loam is one graph that always runs whole",
    "the part of the model before it (its layers without loops and conditions), saved as a model of its own",
  ],
  [
    /^(NonMaxSuppression.*|TopK.*|Where|Unique.*|GatherNd|ScatterNd|SparseToDense)$/,
    "TensorFlow Lite's operators in loam have no index that is computed from the data",
    "the outputs before it, and this step in code on what they give",
  ],
  [
    /^(SpaceToBatchND|BatchToSpaceND)$/,
    "it moves parts of an image to the batch, which is 1 here, other than around a dilated convolution",
    "a convolution with dilations",
  ],
  [
    /^(ArgMax|ArgMin)$/,
    "it gives an index, and loam's graphs hold real numbers",
    "the scores before it, whose largest is easily found in code",
  ],
  [
    /^(Atan2|FloorDiv|FloorMod)$/,
    "it is geometry rather than a network",
    "the outputs before it, and this step in code on what they give",
  ],
  [/^Erf$/, "TensorFlow Lite has no operator for it", "Relu, LeakyRelu, Sigmoid or Tanh"],
];
