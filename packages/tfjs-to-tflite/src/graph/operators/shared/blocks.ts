/** Blocks of an image that move to the channels or to the batches, and back. */
import type { Generator } from "../descriptor.js";
import { isLarge, moved } from "./moving.js";

type Shape4 = [number, number, number, number];

/** SPACE_TO_DEPTH and DEPTH_TO_SPACE. */
export const depthBlocks =
  (name: "SPACE_TO_DEPTH" | "DEPTH_TO_SPACE"): Generator =>
  (place) => {
    const { shape } = place.model.tensors[place.from]!;
    const [n, h, w, c] = shape as Shape4;
    const isSpace = name === "SPACE_TO_DEPTH";
    const fitting = [1, 2, 3].filter((size) => (isSpace ? h % size === 0 && w % size === 0 : c % (size * size) === 0));
    if (shape.length !== 4) return undefined;
    const block = fitting.at(-1)!;
    const outShape = isSpace
      ? [n, h / block, w / block, c * block * block]
      : [n, h * block, w * block, c / block / block];
    return moved(place, name, [], outShape, { blockSize: block });
  };

/** SPACE_TO_BATCH_ND without padding, which TensorFlow Lite Micro fills with what happens to be in memory. */
export const spaceToBatch: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  if (shape.length !== 4 && shape.length !== 3) return undefined;
  const spatial = shape.slice(1, -1);
  const blocks = spatial.map((size) => random.pick([1, 2, 3].filter((block) => size % block === 0)));
  const outShape = [
    blocks.reduce((a, b) => a * b, shape[0]!),
    ...spatial.map((size, d) => size / blocks[d]!),
    shape.at(-1)!,
  ];
  const pads = model.tensor([spatial.length, 2], "INT32", undefined, new Int32Array(2 * spatial.length));
  return moved(place, "SPACE_TO_BATCH_ND", [model.int32s(blocks), pads], outShape);
};

export const batchToSpace: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  if (shape.length !== 4 && shape.length !== 3) return undefined;
  const spatial = shape.slice(1, -1);
  const blocks = spatial.map((_, d) => (d === 0 && shape[0]! % 2 === 0 ? 2 : 1));
  const crops = spatial.map((size, d) => {
    const before = random.int(0, Math.min(2, size * blocks[d]! - 1));
    return [before, random.int(0, Math.min(2, size * blocks[d]! - 1 - before))];
  });
  const outShape = [
    shape[0]! / blocks.reduce<number>((a, b) => a * b, 1),
    ...spatial.map((size, d) => size * blocks[d]! - crops[d]![0]! - crops[d]![1]!),
    shape.at(-1)!,
  ];
  if (isLarge(outShape)) return undefined;
  const cut = model.tensor([spatial.length, 2], "INT32", undefined, Int32Array.from(crops.flat()));
  return moved(place, "BATCH_TO_SPACE_ND", [model.int32s(blocks), cut], outShape);
};
