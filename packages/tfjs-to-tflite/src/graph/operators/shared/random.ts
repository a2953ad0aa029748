/** What the operators' random generators share. */
import { activations } from "../../../tflite/index.js";
import { sizeOf } from "../../shape.js";
import type { Random } from "../../random.js";
import type { Builtin } from "../names.js";
import type { Options } from "../../types.js";
import type { Generator, Place } from "../descriptor.js";

export const mostElements = 6000;

export function quantized(random: Random): { scale: number; zeroPoint: number } {
  return {
    scale: Math.fround(random.logUniform(0.004, 0.3)),
    zeroPoint: random.chance(0.3) ? -128 : random.int(-128, 127),
  };
}

export const activation = (random: Random): number =>
  random.pick([activations.NONE, activations.NONE, activations.RELU, activations.RELU6, activations.RELU_N1_TO_1]);

export function about({ model, from }: Place) {
  const { shape, quantization } = model.tensors[from]!;
  return { shape, scale: quantization!.scale[0]!, zeroPoint: quantization!.zeroPoint[0]! };
}

/** Scales grow from operator to operator; none of a real network is beyond this, and the engine refuses a few operators at 8 and above. */
export const sane = (scale: number): number => Math.min(4, scale);

/** A scale at which sums of `taps` products fill the output's range. */
export const fitting = (random: Random, inScale: number, weightScale: number, taps: number): number =>
  sane(((inScale * weightScale * Math.sqrt(taps) * 74 * 74) / 40) * random.logUniform(0.4, 2.5));

/** Weight scales: one, or one a channel. */
export function weightScales(random: Random, channels: number): number[] {
  const base = random.logUniform(0.002, 0.05);
  return random.chance(0.3)
    ? [Math.fround(base)]
    : Array.from({ length: channels }, () => Math.fround(base * random.logUniform(0.25, 4)));
}

/** A bias, or at times none; TensorFlow Lite Micro aborts on a DEPTHWISE_CONV_2D without one. */
export function bias(
  { model, random }: Place,
  inScale: number,
  scales: number[],
  channels: number,
  outScale: number,
  needed = false,
): number[] {
  if (!needed && random.chance(0.15)) return [];
  const at = (c: number) => scales[c % scales.length]!;
  const data = Int32Array.from({ length: channels }, (_, c) =>
    Math.round(((random.uniform() * 2 - 1) * 60 * outScale) / (inScale * at(c))),
  );
  return [
    model.tensor(
      [channels],
      "INT32",
      {
        scale: scales.map((scale) => Math.fround(inScale * scale)),
        zeroPoint: scales.map(() => 0),
        quantizedDimension: 0,
      },
      data,
    ),
  ];
}

/** Operators of one input and the same shape; `to` is the output's quantization ("same" as the input's, or "any"). */
export const pointwise =
  (
    name: Builtin,
    to: { scale: number; zeroPoint: number } | "same" | "any",
    options: (random: Random) => Options = () => ({}),
  ): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale } = about(place);
    const { scale: outScale, zeroPoint } =
      to === "same"
        ? about(place)
        : to === "any"
          ? { scale: sane(scale * random.logUniform(0.3, 3)), zeroPoint: quantized(random).zeroPoint }
          : to;
    return model.operator(name, [from], model.int8(shape, outScale, zeroPoint), options(random));
  };

/** The other operand of an operator of two: a tensor of the same shape, or a constant that is broadcast at times. */
export function operand(
  { model, random, from, pool }: Place,
  quantization: (random: Random) => { scale: number; zeroPoint: number },
  fits: (tensor: number) => boolean,
): number {
  const { shape } = model.tensors[from]!;
  if (random.chance(0.5))
    return random.pick(pool.filter((tensor) => String(model.tensors[tensor]!.shape) === String(shape) && fits(tensor)));
  const cut = random.chance(0.2) ? random.int(0, shape.length - 1) : 0;
  const otherShape = shape.slice(cut).map((size) => (random.chance(0.4) ? 1 : size));
  const { scale, zeroPoint } = quantization(random);
  return model.int8(otherShape, scale, zeroPoint, random.int8s(sizeOf(otherShape)));
}

/** The tensor `from` in another shape. */
export function reshaped(place: Place, shape: readonly number[]): number {
  const { model, from } = place;
  const { scale, zeroPoint } = about(place);
  const newShape = [...shape];
  return model.operator("RESHAPE", [from, model.int32s(shape)], model.int8(shape, scale, zeroPoint), { newShape });
}
