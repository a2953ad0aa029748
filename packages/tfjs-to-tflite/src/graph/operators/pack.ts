import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { isLarge, moved } from "./shared/moving.js";
import { about } from "./shared/random.js";
import { sizeOf } from "../shape.js";
import { secondThen } from "./shared/version.js";
import { kernel, nothing } from "./shared/tflm.js";

/** Of an image, its rows. */
const random: Generator = (image) => {
  const { model, random } = image;
  const { shape: whole, scale, zeroPoint } = about(image);
  const shape = whole.length > 3 ? [sizeOf(whole) / whole.at(-1)!, whole.at(-1)!] : whole;
  const from = whole.length > 3 ? moved(image, "RESHAPE", [model.int32s(shape)], shape) : image.from;
  const place = { ...image, from };
  const others = Array.from({ length: random.int(0, 2) }, () =>
    random.chance(0.5) ? from : model.int8(shape, scale, zeroPoint, random.int8s(sizeOf(shape))),
  );
  const axis = random.int(0, shape.length);
  const count = others.length + 1;
  const outShape = shape.toSpliced(axis, 0, count);
  if (isLarge(outShape)) return undefined;
  const asked = random.chance(0.3) ? axis - outShape.length : axis;
  return moved(place, "PACK", others, outShape, { valuesCount: count, axis: asked });
};

export const pack = engineOnly({
  code: 83,
  options: {
    type: "Pack",
    union: 59,
    fields: [
      ["valuesCount", "int32", 0],
      ["axis", "int32", 0],
    ],
  },
  tflm: kernel("ParsePack", [8, 4], "none", nothing),
  version: secondThen(3),
  tiny: [[[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 2, 3] }, { valuesCount: 2, axis: 1 }]],
  random,
  suite: 3,
  types: ["int8", "int16"],
});
