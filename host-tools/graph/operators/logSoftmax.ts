import { engineOnly } from "./shared/engineOnly.js";
import { pointwise } from "./shared/random.js";
import { scaled } from "./shared/tiny.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

export const logSoftmax = engineOnly({
  code: 50,
  options: { type: "LogSoftmax", union: 36, fields: [] },
  tflm: kernel("ParseLogSoftmax", "none", "none", (operator) => [...inputAndOutput(operator), { persistent: 28 }]),
  version: () => 2,
  tiny: [[[{ shape: [2, 5] }], { shape: [2, 5], quantization: scaled(1 / 16, 127) }]],
  random: pointwise("LOG_SOFTMAX", { scale: 1 / 16, zeroPoint: 127 }),
  suite: 4,
});
