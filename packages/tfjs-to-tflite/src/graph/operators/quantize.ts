import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { pointwise } from "./shared/random.js";
import { unary } from "./shared/run.js";
import { inputAndOutput } from "./shared/tflm.js";
import { float, scaled } from "./shared/tiny.js";
import { quantizeVersion } from "./shared/version.js";

export const quantize: Descriptor = {
  code: 114,
  options: { type: "Quantize", union: 89, fields: [] },
  version: quantizeVersion,
  macs: "none",
  graph: { ...activates, run: unary((_, x) => x.clone()), decidedBefore: true, layers: {} },
  tflm: { parser: "ParseQuantize", options: "none", inPlace: false, types: "any", data: 32, prepare: inputAndOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [[float([5])], { shape: [5] }, {}],
      [[{ shape: [5] }], { shape: [5], quantization: scaled(0.1, -7) }, {}],
      [[{ shape: [5], type: "INT32", quantization: scaled(2e-10, 0) }], { shape: [5] }, {}],
      [[{ shape: [5] }], { shape: [5], type: "INT32", quantization: scaled(2e-6, 0) }, {}],
    ],
    random: pointwise("QUANTIZE", "any"),
    suite: 1,
    desktop: "from float: multiplies by the inverse of the scale",
  },
};
