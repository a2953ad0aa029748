import type { Descriptor } from "./descriptor.js";
import { arithmetic, randomArithmetic, sumFields } from "./shared/arithmetic.js";
import { binary } from "./shared/run.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { scaled, whole } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

export const add: Descriptor = {
  code: 0,
  options: { type: "Add", union: 11, fields: sumFields },
  version: secondThen(3),
  macs: "none",
  graph: {
    ...arithmetic,
    run: binary((tf, a, b) => tf.add(a, b)),
    error: { growth: "sum", steps: 1 },
    layers: { Add: "elementwise", Average: "elementwise" },
  },
  tflm: { parser: "ParseAdd", options: [8, 4], inPlace: false, types: [], data: 60, prepare: inputsThenOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [[{ shape: [1, 2, 3] }, { shape: [1, 2, 3], quantization: scaled(0.1, 0) }], { shape: [1, 2, 3] }],
      [[{ shape: [2, 3] }, { shape: [3] }], { shape: [2, 3] }, { fusedActivation: 1 }],
      [[whole, { ...whole, shape: [] }], whole],
    ],
    random: randomArithmetic("ADD", Math.max),
    suite: 1,
    desktop: "the same",
  },
};
