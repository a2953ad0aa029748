/** RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. */
import type * as tfjs from "@tensorflow/tfjs-core";
import type { FloatRun, Generator, Tf } from "../descriptor.js";
import { isLarge, moved } from "./moving.js";
import { integers, number } from "./run.js";

type Resize = typeof tfjs.image.resizeBilinear;

export const runResize =
  (resizeOf: (tf: Tf) => Resize): FloatRun =>
  (tf, node, value, graph) =>
    resizeOf(tf)(
      value(0) as tfjs.Tensor4D,
      integers(graph, node, 1) as [number, number],
      number(node, "alignCorners") === 1,
      number(node, "halfPixelCenters") === 1,
    );

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
