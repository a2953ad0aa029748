import type { Descriptor } from "./descriptor.js";
import { arithmetic, randomArithmetic, sumFields } from "./shared/arithmetic.js";
import { binary } from "./shared/run.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { whole } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

export const sub: Descriptor = {
  code: 41,
  options: { type: "Sub", union: 28, fields: sumFields },
  version: secondThen(5),
  macs: "none",
  graph: {
    ...arithmetic,
    run: binary((tf, a, b) => tf.sub(a, b)),
    error: { growth: "sum", steps: 1 },
    layers: { Subtract: "elementwise" },
  },
  tflm: { parser: "ParseSub", options: [8, 4], inPlace: false, types: [], data: 52, prepare: inputsThenOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [[{ shape: [2, 1, 3] }, { shape: [2, 4, 1] }], { shape: [2, 4, 3] }],
      [[whole, { ...whole, shape: [] }], whole],
    ],
    random: randomArithmetic("SUB", Math.max),
    suite: 1,
    desktop: "its scales are divided in double, not float32",
  },
};
