import type { Descriptor } from "./descriptor.js";
import { arithmetic, randomArithmetic } from "./shared/arithmetic.js";
import { binary } from "./shared/run.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { whole } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";
import { activationField } from "./shared/window.js";

export const mul: Descriptor = {
  code: 18,
  options: { type: "Mul", union: 21, fields: [activationField] },
  version: secondThen(4),
  macs: "none",
  graph: {
    ...arithmetic,
    run: binary((tf, a, b) => tf.mul(a, b)),
    error: { growth: "product", steps: 1 },
    layers: { Multiply: "elementwise", Dot: "mixes" },
  },
  tflm: { parser: "ParseMul", options: [4, 4], inPlace: false, types: [], data: 36, prepare: inputsThenOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3] }],
      [[whole, { ...whole, shape: [] }], whole],
    ],
    random: randomArithmetic("MUL", (a, b) => a * b * 60),
    suite: 1,
    desktop: "its scales are multiplied and divided in float32; where it broadcasts, the last shift rounds halves up",
  },
};
