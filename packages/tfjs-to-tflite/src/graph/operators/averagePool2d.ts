import type { Descriptor } from "./descriptor.js";
import { pooling, poolOptions, randomPool, runPool, tflmPool } from "./shared/pooling.js";
import { secondThen } from "./shared/version.js";
import { tinyWindow } from "./shared/window.js";

export const averagePool2d: Descriptor = {
  code: 1,
  options: poolOptions,
  version: secondThen(3),
  macs: "none",
  graph: {
    ...pooling,
    run: runPool((tf) => tf.avgPool),
    layers: {
      AveragePooling1D: "same",
      AveragePooling2D: "same",
      GlobalAveragePooling1D: "same",
      GlobalAveragePooling2D: "same",
      AveragePooling3D: "mixes",
    },
  },
  tflm: tflmPool,
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [
        [{ shape: [1, 5, 4, 3] }],
        { shape: [1, 3, 2, 3] },
        { ...tinyWindow, strideW: 2, strideH: 2, filterW: 3, filterH: 2 },
      ],
    ],
    random: randomPool("AVERAGE_POOL_2D"),
    suite: 1,
    desktop: "the same",
  },
};
