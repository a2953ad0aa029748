import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { isLarge, moved } from "./shared/moving.js";
import { about } from "./shared/random.js";
import { sizeOf } from "../shape.js";
import { secondForInt8 } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 3) return undefined;
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
  version: secondForInt8,
  tiny: [[[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 2, 3] }, { valuesCount: 2, axis: 1 }]],
  random,
  suite: 3,
});
