import { paddings } from "../../tflite/index.js";
import type { Descriptor } from "./descriptor.js";
import { pooling, poolOptions, randomPool, runPool, tflmPool } from "./shared/pooling.js";
import { secondThen } from "./shared/version.js";

export const maxPool2d: Descriptor = {
  code: 17,
  options: poolOptions,
  version: secondThen(3),
  macs: "none",
  graph: {
    ...pooling,
    quantization: { ...pooling.quantization, commutesWithClipping: true },
    run: runPool((tf) => tf.maxPool),
    layers: {
      MaxPooling1D: "same",
      MaxPooling2D: "same",
      GlobalMaxPooling1D: "same",
      GlobalMaxPooling2D: "same",
      MaxPooling3D: "mixes",
    },
  },
  tflm: tflmPool,
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [
        [{ shape: [1, 5, 4, 3] }],
        { shape: [1, 2, 2, 3] },
        { padding: paddings.VALID, strideW: 2, strideH: 2, filterW: 2, filterH: 2 },
      ],
    ],
    random: randomPool("MAX_POOL_2D"),
    suite: 1,
    desktop: "the same",
  },
};
