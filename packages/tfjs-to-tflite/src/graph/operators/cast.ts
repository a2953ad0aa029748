import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { inputAndOutput, kernel } from "./shared/tflm.js";

const random: Generator = ({ model, random, from }) => {
  const type = random.pick(["INT32", "INT16", "FLOAT32"] as const);
  return model.operator("CAST", [from], model.tensor(model.tensors[from]!.shape, type));
};

export const cast = engineOnly({
  code: 53,
  options: {
    type: "Cast",
    union: 37,
    fields: [
      ["inDataType", "int8", 0],
      ["outDataType", "int8", 0],
    ],
  },
  tflm: kernel("ParseCast", [8, 4], "none", inputAndOutput, ["INT16", "FLOAT32", "BOOL"]),
  version: () => 1,
  tiny: [
    [[{ shape: [7] }], { shape: [7], type: "INT32", quantization: undefined }, { inDataType: 9, outDataType: 2 }],
    [[{ shape: [7] }], { shape: [7], type: "FLOAT32", quantization: undefined }, { inDataType: 9 }],
  ],
  random,
  suite: 3,
});
