/** Sizes of RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR and FILL, and pads of PAD, that exporters compute in the graph: known at load, as shapes are. */
import test from "ava";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { microArena } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { runTwice, Shapes } from "./computedShapes.js";

const scale = 0.05;
const zeroPoint = 3;

/** A graph of random sizes, in which they are computed of the input's shape or constant; that has no other meaning. */
function sized(seed: number, isComputed: boolean): Uint8Array {
  const random = new Random(seed);
  const model = new ModelBuilder();
  const shapes = new Shapes(model);
  const int8 = (shape: readonly number[]) => model.int8(shape, scale, zeroPoint);
  const image = [random.int(1, 2), random.int(1, 6), random.int(1, 6), random.int(1, 4)];
  const [batch, height, width, channels] = image as [number, number, number, number];
  const input = int8(image);
  const before = model.operator("RELU", [input], int8(image));
  const shape = isComputed ? shapes.shapeOf(before) : -1;
  /** Height and width, times `factor`, and `more`. */
  const factor = random.int(1, 3);
  const more = random.int(0, 2);
  const size = [height * factor + more, width * factor + more];
  const sizes = () =>
    isComputed
      ? shapes.arithmetic(
          "ADD",
          shapes.arithmetic("MUL", shapes.slice(shape, 1, 3), model.int32s([factor, factor])),
          shapes.number(more),
        )
      : model.int32s(size);
  const kind = random.pick(["RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR", "FILL", "PAD"] as const);
  const outputs = [before];
  if (kind === "FILL") {
    const dims = isComputed
      ? shapes.pack([shapes.at(shape, 2), shapes.number(more + 1), shapes.at(shape, 1)])
      : model.int32s([width, more + 1, height]);
    const value = model.int8([], scale, zeroPoint, random.int8s(1));
    outputs.push(model.operator("FILL", [dims, value], int8([width, more + 1, height])));
  } else if (kind === "PAD") {
    // Height is padded by what the width is times a factor, and the other way round.
    const pads = (of: number, axis: number) =>
      isComputed
        ? shapes.pack([shapes.arithmetic("MUL", shapes.at(shape, axis), shapes.number(factor)), shapes.number(more)])
        : model.int32s([of * factor, more]);
    const none = model.int32s([0, 0]);
    const rows = [none, pads(width, 2), pads(height, 1), none];
    const paddings = isComputed
      ? model.operator("PACK", rows, model.tensor([4, 2], "INT32"), { valuesCount: 4, axis: 0 })
      : model.tensor(
          [4, 2],
          "INT32",
          undefined,
          Int32Array.of(0, 0, width * factor, more, height * factor, more, 0, 0),
        );
    const padded = [batch, height + width * factor + more, width + height * factor + more, channels];
    outputs.push(model.operator("PAD", [before, paddings], int8(padded)));
  } else {
    const resized = int8([batch, ...size, channels]);
    outputs.push(model.operator(kind, [before, sizes()], resized, { halfPixelCenters: random.chance(0.5) ? 1 : 0 }));
  }
  return writeTflite(model.build([input], outputs));
}

const seeds = Array.from({ length: 80 }, (_, seed) => seed);
const computed = seeds.map((seed) => sized(seed, true));
const constant = seeds.map((seed) => sized(seed, false));

test("with computed sizes a graph gives desktop TensorFlow Lite's bytes, and those of constant ones", async (t) => {
  const micro = await runTwice("micro", computed);
  t.deepEqual(micro, await runTwice("tflite", computed));
  t.deepEqual(micro, await runTwice("micro", constant));
});

needs(tflm)("those are TensorFlow Lite Micro's bytes of constant sizes: it takes no others", async (t) => {
  t.deepEqual(await runTwice("micro", computed), await runTwice("tflm", constant));
});

/** An operator whose second input, or first of FILL, `of` makes of the shape of a 4 x 5 image. */
function refused(name: "RESIZE_NEAREST_NEIGHBOR" | "FILL" | "PAD", of: (shapes: Shapes, shape: number) => number) {
  const model = new ModelBuilder();
  const shapes = new Shapes(model);
  const image = model.int8([1, 4, 5, 1], scale, zeroPoint);
  const list = of(shapes, shapes.shapeOf(image));
  const value = model.int8([], scale, zeroPoint, Int8Array.of(1));
  const output = model.int8(name === "FILL" ? [8, 10] : [1, 8, 10, 1], scale, zeroPoint);
  const made = model.operator(name, name === "FILL" ? [list, value] : [image, list], output);
  return writeTflite(model.build(model.tensors[list]!.name === "given" ? [image, list] : [image], [made]));
}

const twice = (shapes: Shapes, shape: number) =>
  shapes.arithmetic("ADD", shapes.slice(shape, 1, 3), shapes.slice(shape, 1, 3));
const given = (shape: number[]) => (shapes: Shapes) => {
  const list = shapes.model.tensor(shape, "INT32");
  shapes.model.tensors[list]!.name = "given";
  return list;
};
const paddings = (of: number[]) => (shapes: Shapes, shape: number) =>
  shapes.arithmetic("MUL", shapes.model.tensor([4, 2], "INT32", undefined, Int32Array.from(of)), shapes.at(shape, 0));

test("sizes that are computed of an image's shape, but are not what the file's output has, are refused at load", async (t) => {
  const faults: [model: Uint8Array, why: RegExp][] = [
    [
      refused("RESIZE_NEAREST_NEIGHBOR", (shapes, shape) => shapes.slice(shape, 1, 3)),
      /NEIGHBOR #2: tensor \d+ has dimension 8, 4 expected/,
    ],
    [refused("FILL", (shapes, shape) => shapes.slice(shape, 1, 3)), /FILL #2: tensor \d+ has dimension 8, 4 expected/],
    [
      refused("PAD", paddings([0, 0, 2, 2, 2, 2, 0, 0])),
      /PAD #3: tensor \d+ pads dimension 2 from 5 by 2 and 2; the output has 10/,
    ],
    [
      refused("PAD", paddings([0, 0, 5, -1, 2, 3, 0, 0])),
      /PAD #3: tensor \d+ pads dimension 1 from 4 by 5 and -1; the output has 8/,
    ],
    [refused("RESIZE_NEAREST_NEIGHBOR", given([2])), /NEIGHBOR #1: tensor \d+ must be constant, or computed of shapes/],
    [refused("FILL", given([2])), /FILL #1: tensor \d+ must be constant, or computed of shapes/],
    [refused("PAD", given([4, 2])), /PAD #1: tensor \d+ must be constant, or computed of shapes/],
  ];
  for (const [model, why] of faults) await t.throwsAsync(microArena(model, readTflite(model)), { message: why });
  for (const name of ["RESIZE_NEAREST_NEIGHBOR", "FILL"] as const)
    await t.notThrowsAsync(microArena(refused(name, twice), readTflite(refused(name, twice))));
  const fits = refused("PAD", paddings([0, 0, 2, 2, 2, 3, 0, 0]));
  await t.notThrowsAsync(microArena(fits, readTflite(fits)));
});
