import { engineOnly } from "./shared/engineOnly.js";
import { activates } from "./shared/graphRules.js";
import { unary } from "./shared/run.js";
import { about, pointwise } from "./shared/random.js";
import { scaled } from "./shared/tiny.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

/** TensorFlow Lite's: of -16 to 0. */
const logarithm = { scale: 1 / 16, zeroPoint: 127 };

const drawn = pointwise("LOG_SOFTMAX", logarithm);
/** The sum of a row's exponentials has 12 bits before the point; micro refuses a longer row. */
const longestRow = 4095;

export const logSoftmax = engineOnly({
  code: 50,
  options: { type: "LogSoftmax", union: 36, fields: [] },
  tflm: kernel("ParseLogSoftmax", "none", "none", (operator) => [...inputAndOutput(operator), { persistent: 28 }]),
  version: () => 2,
  tiny: [[[{ shape: [2, 5] }], { shape: [2, 5], quantization: scaled(logarithm.scale, logarithm.zeroPoint) }]],
  random: (place) => (about(place).shape.at(-1)! > longestRow ? undefined : drawn(place)),
  suite: 4,
  graph: {
    ...activates,
    // tfjs's wasm backend has no kernel for tf.logSoftmax.
    run: unary((tf, x) => tf.sub(x, tf.logSumExp(x, -1, true))),
    quantization: { kind: "fixed", ...logarithm },
    error: { growth: 2, steps: 2 },
    decidedBefore: true,
    layers: { Activation: "same" },
  },
});
