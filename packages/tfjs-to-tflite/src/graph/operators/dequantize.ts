import type { Descriptor } from "./descriptor.js";
import { activates } from "./shared/graphRules.js";
import { unary } from "./shared/run.js";
import { inputAndOutput } from "./shared/tflm.js";
import { float } from "./shared/tiny.js";
import { dequantizeVersion } from "./shared/version.js";

export const dequantize: Descriptor = {
  code: 6,
  options: { type: "Dequantize", union: 38, fields: [] },
  version: dequantizeVersion,
  macs: "none",
  graph: { ...activates, run: unary((_, x) => x.clone()), quantization: { kind: "float" }, layers: {} },
  tflm: { parser: "ParseDequantize", options: "none", inPlace: false, types: "any", data: 32, prepare: inputAndOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [5] }], float([5]), {}]],
    random: ({ model, from }) =>
      model.operator("DEQUANTIZE", [from], model.tensor(model.tensors[from]!.shape, "FLOAT32")),
    suite: 1,
    desktop: "the same",
  },
};
