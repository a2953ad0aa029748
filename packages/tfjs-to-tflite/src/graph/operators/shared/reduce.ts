/** SUM, REDUCE_MAX and REDUCE_MIN. */
import type * as tfjs from "@tensorflow/tfjs-core";
import type { TfliteOperator, TfliteTensor } from "../../../tflite/index.js";
import { sizeOf } from "../../shape.js";
import type { Descriptor, FloatRun, Generator, Take, Tf } from "../descriptor.js";
import type { Builtin } from "../names.js";
import { engineOnly } from "./engineOnly.js";
import { activates, moves } from "./graphRules.js";
import { about, quantized, sane } from "./random.js";
import { integers, number } from "./run.js";
import { kernel, prepareSum, shapeOf, temps } from "./tflm.js";
import { int32, scaled } from "./tiny.js";
import { secondForInt8, secondThen } from "./version.js";

/** @param rescales the output has a scale of its own */
const random =
  (name: Builtin, rescales: boolean): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale, zeroPoint } = about(place);
    const rank = shape.length;
    if (rank > 4) return undefined;
    const axes = random.shuffle(shape.map((_, axis) => axis)).slice(0, random.int(1, rank));
    const keepDims = random.chance(0.5) || axes.length === rank;
    const outShape = keepDims
      ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : shape.filter((_, axis) => !axes.includes(axis));
    const taps = axes.reduce((product, axis) => product * shape[axis]!, 1);
    const out = rescales
      ? model.int8(outShape, sane(scale * Math.sqrt(taps) * random.logUniform(0.3, 3)), quantized(random).zeroPoint)
      : model.int8(outShape, scale, zeroPoint);
    const asked = axes.map((axis) => (random.chance(0.2) ? axis - rank : axis));
    return model.operator(name, [from, model.int32s(asked)], out, { keepDims: keepDims ? 1 : 0 });
  };

/** Another one than the input's: with the same, desktop adds the integers as they are. */
const quantization = scaled(0.3, 3);

/** REDUCE_MAX and REDUCE_MIN. */
function prepareExtremum(
  { inputs: [input, axis], outputs: [output] }: TfliteOperator,
  tensors: readonly TfliteTensor[],
): Take[] {
  const shape = (tensor: number | undefined) => shapeOf(tensors, tensor);
  return [
    ...temps(input, axis, output),
    ...temps(input, output, axis),
    { scratch: 4 * shape(input).length },
    { scratch: 4 * sizeOf(shape(axis)) },
  ];
}

type Reduction = (x: tfjs.Tensor, axes: number[], keepDims: boolean) => tfjs.Tensor;

export const runReduce =
  (of: (tf: Tf) => Reduction): FloatRun =>
  (tf, node, value, graph) =>
    of(tf)(value(0), integers(graph, node, 1), number(node, "keepDims") === 1);

export const reduce = (
  name: Builtin,
  code: number,
  rescales: boolean,
  run: (tf: Tf) => Reduction,
  desktop: string,
): Descriptor =>
  engineOnly({
    code,
    options: { type: "Reducer", union: 27, fields: [["keepDims", "bool", 0]] },
    tflm: kernel("ParseReducer", [1, 1], 44, rescales ? prepareSum : prepareExtremum),
    version: rescales ? secondThen(2) : secondForInt8,
    tiny: [[[{ shape: [1, 4, 3, 2] }, int32(1, 2)], { shape: [1, 2], ...(rescales && { quantization }) }, {}]],
    random: random(name, rescales),
    suite: 3,
    graph: { ...(rescales ? activates : moves), run: runReduce(run), layers: {} },
    types: rescales ? ["int8", "int16"] : ["int8"],
    desktop,
  });
