/** ARG_MAX and ARG_MIN. */
import type { OptionTable } from "../../../tflite/index.js";
import type { Descriptor, Generator } from "../descriptor.js";
import { engineOnly } from "./engineOnly.js";
import { int32 } from "./tiny.js";
import { secondForInt8 } from "./version.js";
import { kernel, nothing } from "./tflm.js";

const random =
  (name: "ARG_MAX" | "ARG_MIN"): Generator =>
  ({ model, random, from }) => {
    const { shape } = model.tensors[from]!;
    const axis = random.int(0, shape.length - 1);
    const asked = random.chance(0.3) ? axis - shape.length : axis;
    const out = model.tensor(shape.toSpliced(axis, 1), "INT32");
    return model.operator(name, [from, model.int32s([asked])], out, { outputType: 2 });
  };

export const argument = (name: "ARG_MAX" | "ARG_MIN", code: number, options: OptionTable): Descriptor =>
  engineOnly({
    code,
    options,
    tflm: kernel("ParseArgM" + name.slice(5).toLowerCase(), [4, 4], "none", nothing),
    version: secondForInt8,
    tiny: [
      [[{ shape: [2, 5, 3] }, int32(1)], { shape: [2, 3], type: "INT32", quantization: undefined }, { outputType: 2 }],
    ],
    random: random(name),
    suite: 3,
  });
