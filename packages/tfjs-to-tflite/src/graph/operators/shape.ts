import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { moved } from "./shared/moving.js";
import { kernel, nothing } from "./shared/tflm.js";

/** What RESHAPE makes of its input with the shape that it has already. */
const random: Generator = (place) => {
  const { model, from } = place;
  const { shape } = model.tensors[from]!;
  const computed = model.operator("SHAPE", [from], model.tensor([shape.length], "INT32"), { outType: 2 });
  return moved(place, "RESHAPE", [computed], shape);
};

export const shape = engineOnly({
  code: 77,
  options: { type: "Shape", union: 55, fields: [["outType", "int8", 0]] },
  tflm: kernel("ParseShape", [4, 4], "none", nothing),
  tiny: [[[{ shape: [2, 3, 4] }], { shape: [3], type: "INT32", quantization: undefined }, { outType: 2 }]],
  random,
  suite: 3,
});
