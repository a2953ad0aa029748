import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { activates } from "./shared/graphRules.js";
import { about, quantized } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { scaled } from "./shared/tiny.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

/** Of numbers that are not negative, at which TensorFlow Lite Micro stops. */
const random: Generator = ({ model, random, from, pool }) => {
  const { shape, scale, zeroPoint } = about({ model, random, from, pool });
  const input = zeroPoint === -128 ? from : model.operator("RELU", [from], model.int8(shape, scale, -128));
  const out = random.logUniform(0.005, 0.1) / Math.sqrt(scale);
  return model.operator("RSQRT", [input], model.int8(shape, Math.min(4, out), quantized(random).zeroPoint));
};

export const rsqrt = engineOnly({
  code: 76,
  options: "none",
  tflm: kernel("ParseRsqrt", "none", 28, inputAndOutput),
  version: () => 2,
  tiny: [[[{ shape: [7], quantization: scaled(0.05, -128) }], { shape: [7] }]],
  random,
  suite: 4,
  graph: { ...activates, run: unary((tf, x) => tf.rsqrt(x)), layers: { LayerNormalization: "mixes" } },
});
