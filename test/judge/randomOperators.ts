/** One generator an operator: adds it to the model behind tensor `from`, with parameters drawn at random, or says that it does not fit there. */
import { activations, paddings, type Builtin } from "../../host-tools/tflite/index.js";
import { elements, type ModelBuilder } from "./builder.js";
import { Random } from "./random.js";

export interface Place {
  model: ModelBuilder;
  random: Random;
  /** An int8 tensor. */
  from: number;
  /** All int8 tensors that are computed or given so far. */
  pool: number[];
}

type Generator = (place: Place) => number | undefined;

const mostElements = 6000;

export function quantized(random: Random): { scale: number; zeroPoint: number } {
  return {
    scale: Math.fround(random.spread(0.004, 0.3)),
    zeroPoint: random.chance(0.3) ? -128 : random.int(-128, 127),
  };
}

const activation = (random: Random): number =>
  random.pick([activations.NONE, activations.NONE, activations.RELU, activations.RELU6, activations.RELU_N1_TO_1]);

function about({ model, from }: Place) {
  const { shape, quantization } = model.tensors[from]!;
  return { shape, scale: quantization!.scale[0]!, zeroPoint: quantization!.zeroPoint[0]! };
}

/** Scales grow from operator to operator; none of a real network is beyond this, and the engine refuses a few operators at 8 and above. */
const sane = (scale: number): number => Math.min(4, scale);

/** A scale at which sums of `taps` products fill the output's range. */
const fitting = (random: Random, inScale: number, weightScale: number, taps: number): number =>
  sane(((inScale * weightScale * Math.sqrt(taps) * 74 * 74) / 40) * random.spread(0.4, 2.5));

/** Weight scales: one, or one a channel. */
function weightScales(random: Random, channels: number): number[] {
  const base = random.spread(0.002, 0.05);
  return random.chance(0.3)
    ? [Math.fround(base)]
    : Array.from({ length: channels }, () => Math.fround(base * random.spread(0.25, 4)));
}

/** TensorFlow Lite Micro aborts on a DEPTHWISE_CONV_2D without bias, so only the others are without it at times. */
function bias(
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
    Math.round(((random.next() * 2 - 1) * 60 * outScale) / (inScale * at(c))),
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

interface Window {
  options: Record<string, number>;
  out: number[];
}

/** Strides, dilation and padding for a window over an image. */
function windowOver(
  random: Random,
  shape: readonly number[],
  kh: number,
  kw: number,
  dilate: boolean,
): Window | undefined {
  const dilated = dilate && random.chance(0.25);
  const [dilationH, dilationW] = dilated ? [random.int(1, 3), random.int(1, 3)] : [1, 1];
  const [strideH, strideW] = dilated && random.chance(0.7) ? [1, 1] : [random.int(1, 3), random.int(1, 3)];
  const padding = random.pick([paddings.SAME, paddings.VALID]);
  const size = (image: number, kernel: number, stride: number, dilation: number) => {
    const reach = (kernel - 1) * dilation + 1;
    return padding === paddings.SAME ? Math.ceil(image / stride) : Math.ceil((image - reach + 1) / stride);
  };
  const out = [size(shape[1]!, kh, strideH, dilationH), size(shape[2]!, kw, strideW, dilationW)];
  if (out.some((extent) => extent < 1)) return undefined;
  return { options: { padding, strideH, strideW, ...(dilate && { dilationH, dilationW }) }, out };
}

const convolution =
  (depthwise: boolean): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale: inScale } = about(place);
    if (shape.length !== 4) return undefined;
    const [batch, , , depth] = shape as [number, number, number, number];
    const [kh, kw] = random.chance(0.3) ? [1, 1] : [random.int(1, 5), random.int(1, 5)];
    const multiplier = random.chance(0.7) ? 1 : random.int(2, 4);
    const channels = depthwise ? depth * multiplier : random.chance(0.3) ? random.int(1, 3) : random.int(4, 24);
    const window = windowOver(random, shape, kh, kw, true);
    if (!window) return undefined;
    const outShape = [batch, ...window.out, channels];
    const taps = kh * kw * (depthwise ? 1 : depth);
    if (elements(outShape) > mostElements || elements(outShape) * taps > 1_500_000) return undefined;
    const scales = weightScales(random, channels);
    const filterShape = depthwise ? [1, kh, kw, channels] : [channels, kh, kw, depth];
    const filter = model.tensor(
      filterShape,
      "INT8",
      { scale: scales, zeroPoint: scales.map(() => 0), quantizedDimension: depthwise ? 3 : 0 },
      random.int8s(elements(filterShape), -127),
    );
    const outScale = fitting(random, inScale, scales[0]!, taps);
    const out = model.int8(outShape, outScale, quantized(random).zeroPoint);
    const options = {
      ...window.options,
      fusedActivation: activation(random),
      ...(depthwise && { depthMultiplier: multiplier }),
    };
    return model.operator(
      depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
      [from, filter, ...bias(place, inScale, scales, channels, outScale, depthwise)],
      out,
      options,
    );
  };

const fullyConnected: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale: inScale } = about(place);
  const depth = shape.at(-1)!;
  const rows = elements(shape) / depth;
  const keepNumDims = shape.length > 2 && random.chance(0.5);
  const channels = random.int(1, 40);
  if (rows * channels > mostElements) return undefined;
  const scales = weightScales(random, channels);
  const filter = model.tensor(
    [channels, depth],
    "INT8",
    { scale: scales, zeroPoint: scales.map(() => 0), quantizedDimension: 0 },
    random.int8s(channels * depth, -127),
  );
  const outScale = fitting(random, inScale, scales[0]!, depth);
  const out = model.int8(
    keepNumDims ? [...shape.slice(0, -1), channels] : [rows, channels],
    outScale,
    quantized(random).zeroPoint,
  );
  return model.operator("FULLY_CONNECTED", [from, filter, ...bias(place, inScale, scales, channels, outScale)], out, {
    fusedActivation: activation(random),
    keepNumDims: keepNumDims ? 1 : 0,
  });
};

const binary =
  (name: "ADD" | "SUB" | "MUL"): Generator =>
  (place) => {
    const { model, random, from, pool } = place;
    const { shape, scale } = about(place);
    if (shape.length > 4) return undefined;
    const twins = pool.filter((tensor) => String(model.tensors[tensor]!.shape) === String(shape));
    let other: number;
    if (random.chance(0.5)) {
      other = random.pick(twins);
    } else {
      const cut = random.chance(0.2) ? random.int(0, shape.length - 1) : 0;
      const otherShape = shape.slice(cut).map((size) => (random.chance(0.4) ? 1 : size));
      const { scale: otherScale, zeroPoint } = quantized(random);
      other = model.int8(otherShape, otherScale, zeroPoint, random.int8s(elements(otherShape)));
    }
    const otherScale = model.tensors[other]!.quantization!.scale[0]!;
    const outScale = sane(
      (name === "MUL" ? scale * otherScale * 60 : Math.max(scale, otherScale)) * random.spread(0.6, 3),
    );
    const out = model.int8(shape, outScale, quantized(random).zeroPoint);
    return model.operator(name, random.chance(0.5) ? [from, other] : [other, from], out, {
      fusedActivation: activation(random),
    });
  };

const pool =
  (name: "AVERAGE_POOL_2D" | "MAX_POOL_2D"): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale, zeroPoint } = about(place);
    if (shape.length !== 4) return undefined;
    const [filterH, filterW] = [random.int(1, 5), random.int(1, 5)];
    const window = windowOver(random, shape, filterH, filterW, false);
    if (!window) return undefined;
    const out = model.int8([shape[0]!, ...window.out, shape[3]!], scale, zeroPoint);
    return model.operator(name, [from], out, {
      ...window.options,
      filterH,
      filterW,
      fusedActivation: activation(random),
    });
  };

const mean: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale } = about(place);
  const rank = shape.length;
  if (rank > 4) return undefined;
  const axes =
    rank === 4 && random.chance(0.5)
      ? [1, 2]
      : random.shuffle(shape.map((_, axis) => axis)).slice(0, random.int(1, rank));
  const keepDims = random.chance(0.5);
  const outShape = keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
  if (outShape.length === 0) return undefined;
  const out = model.int8(outShape, scale * random.spread(0.3, 1.5), quantized(random).zeroPoint);
  return model.operator(
    "MEAN",
    [from, model.int32s(axes.map((axis) => (random.chance(0.2) ? axis - rank : axis)))],
    out,
    { keepDims: keepDims ? 1 : 0 },
  );
};

/** Operators of one input and the same shape; `to` is the output's quantization ("same" as the input's), drawn at random without it. */
const pointwise =
  (
    name: Builtin,
    to?: { scale: number; zeroPoint: number } | "same",
    options?: (random: Random) => Record<string, number>,
  ): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale } = about(place);
    const { scale: outScale, zeroPoint } =
      to === "same"
        ? about(place)
        : (to ?? { scale: sane(scale * random.spread(0.3, 3)), zeroPoint: quantized(random).zeroPoint });
    return model.operator(name, [from], model.int8(shape, outScale, zeroPoint), options?.(random));
  };

const reshape: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const count = elements(shape);
  const divisors = Array.from({ length: Math.min(count, 24) }, (_, i) => i + 1).filter((size) => count % size === 0);
  const first = random.pick(divisors);
  const rest = count / first;
  const second = random.pick(divisors.filter((size) => rest % size === 0));
  const newShape = random.pick([
    [1, count],
    [first, rest],
    [1, second, rest / second, first],
    [first, second, rest / second],
  ]);
  return model.operator("RESHAPE", [from, model.int32s(newShape)], model.int8(newShape, scale, zeroPoint), {
    newShape,
  });
};

const expandDims: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 3) return undefined;
  const axis = random.int(0, shape.length);
  const outShape = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  return model.operator(
    "EXPAND_DIMS",
    [from, model.int32s([random.chance(0.3) ? axis - outShape.length : axis])],
    model.int8(outShape, scale, zeroPoint),
  );
};

const squeeze: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const ones = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (ones.length === 0 || shape.length < 2) return undefined;
  const squeezed = random
    .shuffle(ones)
    .slice(0, random.int(1, Math.min(ones.length, shape.length - 1)))
    .sort((a, b) => a - b);
  return model.operator(
    "SQUEEZE",
    [from],
    model.int8(
      shape.filter((_, axis) => !squeezed.includes(axis)),
      scale,
      zeroPoint,
    ),
    { squeezeDims: squeezed },
  );
};

const concatenation: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const axis = random.int(0, shape.length - 1);
  const like = (size: number): number => {
    const otherShape = shape.map((extent, d) => (d === axis ? size : extent));
    return model.int8(otherShape, scale, zeroPoint, random.int8s(elements(otherShape)));
  };
  const inputs = random.shuffle([
    from,
    ...Array.from({ length: random.int(1, 3) }, () => (random.chance(0.3) ? from : like(random.int(1, 4)))),
  ]);
  const outShape = shape.map((extent, d) =>
    d === axis ? inputs.reduce((sum, input) => sum + model.tensors[input]!.shape[axis]!, 0) : extent,
  );
  if (elements(outShape) > mostElements) return undefined;
  return model.operator("CONCATENATION", inputs, model.int8(outShape, scale, zeroPoint), {
    axis: random.chance(0.3) ? axis - shape.length : axis,
  });
};

const pad: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 4) return undefined;
  const pads = shape.flatMap(() => (random.chance(0.5) ? [0, 0] : [random.int(0, 3), random.int(0, 3)]));
  const outShape = shape.map((size, d) => size + pads[2 * d]! + pads[2 * d + 1]!);
  if (elements(outShape) > mostElements) return undefined;
  const paddingTensor = model.tensor([shape.length, 2], "INT32", undefined, Int32Array.from(pads));
  return model.operator("PAD", [from, paddingTensor], model.int8(outShape, scale, zeroPoint));
};

const stridedSlice: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 4) return undefined;
  const masks = { beginMask: 0, endMask: 0, shrinkAxisMask: 0 };
  const cuts = shape.map((size, axis) => {
    if (shape.length > 1 && random.chance(0.12)) {
      masks.shrinkAxisMask |= 1 << axis;
      const at = random.int(0, size - 1);
      return { begin: at, end: at + 1, stride: 1, out: undefined };
    }
    const stride = random.chance(0.2) ? -random.int(1, 2) : random.int(1, 3);
    let [low, high] = [random.int(0, size - 1), random.int(1, size)];
    if (low >= high) [low, high] = [high - 1, low + 1];
    const openBegin = random.chance(0.2);
    const openEnd = random.chance(0.2) || (stride < 0 && low === 0);
    if (openBegin) masks.beginMask |= 1 << axis;
    if (openEnd) masks.endMask |= 1 << axis;
    const start = openBegin ? (stride < 0 ? size - 1 : 0) : stride < 0 ? high - 1 : low;
    const stop = openEnd ? (stride < 0 ? -1 : size) : stride < 0 ? low - 1 : high;
    const out = Math.ceil((stop - start) / stride);
    const negative = (index: number) => (random.chance(0.2) && index >= 0 && index < size ? index - size : index);
    return { begin: negative(start), end: openEnd ? 0 : negative(stop), stride, out };
  });
  const outShape = cuts.flatMap(({ out }) => (out === undefined ? [] : [out]));
  if (outShape.length === 0 || outShape.some((size) => size < 1)) return undefined;
  const lists = [cuts.map(({ begin }) => begin), cuts.map(({ end }) => end), cuts.map(({ stride }) => stride)];
  return model.operator(
    "STRIDED_SLICE",
    [from, ...lists.map((list) => model.int32s(list))],
    model.int8(outShape, scale, zeroPoint),
    masks,
  );
};

const transpose: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 4) return undefined;
  const order = random.shuffle(shape.map((_, axis) => axis));
  return model.operator(
    "TRANSPOSE",
    [from, model.int32s(order)],
    model.int8(
      order.map((axis) => shape[axis]!),
      scale,
      zeroPoint,
    ),
  );
};

const dequantize: Generator = ({ model, from }) =>
  model.operator("DEQUANTIZE", [from], model.tensor(model.tensors[from]!.shape, "FLOAT32"));

const probability = { scale: 1 / 256, zeroPoint: -128 };

/** TensorFlow Lite Micro aborts when the exponentials of one row add up to too much, which takes a long row. */
const softmax: Generator = (place) => {
  if (about(place).shape.at(-1)! > 500) return undefined;
  return pointwise("SOFTMAX", probability, (random) => ({ beta: random.pick([1, 1, 0.5, 2]) }))(place);
};

export const generators: Readonly<Partial<Record<Builtin, Generator>>> = {
  ADD: binary("ADD"),
  AVERAGE_POOL_2D: pool("AVERAGE_POOL_2D"),
  CONCATENATION: concatenation,
  CONV_2D: convolution(false),
  DEPTHWISE_CONV_2D: convolution(true),
  DEQUANTIZE: dequantize,
  EXPAND_DIMS: expandDims,
  FULLY_CONNECTED: fullyConnected,
  HARD_SWISH: pointwise("HARD_SWISH"),
  LEAKY_RELU: pointwise("LEAKY_RELU", undefined, (random) => ({ alpha: Math.fround(random.spread(0.01, 0.9)) })),
  LOGISTIC: pointwise("LOGISTIC", probability),
  MAX_POOL_2D: pool("MAX_POOL_2D"),
  MEAN: mean,
  MUL: binary("MUL"),
  PAD: pad,
  QUANTIZE: pointwise("QUANTIZE"),
  RELU: pointwise("RELU"),
  RELU6: pointwise("RELU6", "same"),
  RESHAPE: reshape,
  SOFTMAX: softmax,
  SQUEEZE: squeeze,
  STRIDED_SLICE: stridedSlice,
  SUB: binary("SUB"),
  TANH: pointwise("TANH", { scale: 1 / 128, zeroPoint: 0 }),
  TRANSPOSE: transpose,
};
