/** RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. */
import type { Generator } from "../descriptor.js";
import { isLarge, moved } from "./moving.js";

export const resized =
  (name: "RESIZE_BILINEAR" | "RESIZE_NEAREST_NEIGHBOR"): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape } = model.tensors[from]!;
    if (shape.length !== 4) return undefined;
    const [n, , , c] = shape as [number, number, number, number];
    const size = [random.int(1, 14), random.int(1, 14)];
    const outShape = [n, ...size, c];
    if (isLarge(outShape)) return undefined;
    const mode = random.int(0, 2);
    return moved(place, name, [model.int32s(size)], outShape, {
      alignCorners: mode === 1 ? 1 : 0,
      halfPixelCenters: mode === 2 ? 1 : 0,
    });
  };
