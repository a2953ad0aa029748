/** Operators that move numbers and compute none. */
import { sizeOf } from "../../../graph/graph.js";
import {
  constantIntegers,
  constantData,
  fromFirst,
  refuseNode,
  shapeOf,
  type Place,
  type TranslateOp,
} from "./types.js";
import { stridedRanges } from "./strided.js";

const same: TranslateOp = ({ inputs }) => inputs[0]!;

const reshape: TranslateOp = (place) => {
  const wanted = constantIntegers(place, 1, "shape");
  const size = sizeOf(shapeOf(place));
  const known = wanted.reduce((product, n) => (n < 0 ? product : product * n), 1);
  const shape = wanted.map((n) => (n < 0 ? size / known : n));
  if (sizeOf(shape) !== size)
    refuseNode(
      place,
      `[${shapeOf(place).join(", ")}] cannot become [${wanted.join(", ")}]`,
      "a model that takes a batch of 1",
    );
  return place.builder.reshape(place.inputs[0]!, shape);
};

const squeeze: TranslateOp = (place) => {
  const shape = shapeOf(place);
  const asked = place.attributes.numbers("squeeze_dims");
  const axes = fromFirst(asked.length > 0 ? asked : place.attributes.numbers("axis"), shape.length);
  return place.builder.reshape(
    place.inputs[0]!,
    shape.filter((size, axis) => (axes.length > 0 ? !axes.includes(axis) : size !== 1)),
  );
};

const expandDims: TranslateOp = (place) => {
  const shape = shapeOf(place);
  const [axis] = constantIntegers(place, 1, "axis") as [number];
  return place.builder.reshape(place.inputs[0]!, shape.toSpliced(axis < 0 ? axis + shape.length + 1 : axis, 0, 1));
};

const amountsOf = (place: Place): [number, number][] => {
  const flat = constantIntegers(place, 1, "paddings");
  return shapeOf(place).map((_, axis) => [flat[2 * axis]!, flat[2 * axis + 1]!]);
};

/** PADV2 is not an operator of loam's engine; another number than 0 comes by concatenation. */
function padWith(place: Place, value: number): number {
  const { builder } = place;
  return amountsOf(place).reduce((at, [before, after], axis) => {
    const part = (length: number): number[] => {
      if (length === 0) return [];
      const shape = builder.shape(at).with(axis, length);
      return [builder.constant("padding", shape, new Float32Array(sizeOf(shape)).fill(value))];
    };
    const parts = [...part(before), at, ...part(after)];
    return parts.length > 1 ? builder.concatenate(parts, axis) : at;
  }, place.inputs[0]!);
}

const pad: TranslateOp = (place) => {
  const value = place.op === "PadV2" ? constantData(place, 2, "padding value")[0]! : 0;
  return value === 0 ? place.builder.pad(place.inputs[0]!, amountsOf(place)) : padWith(place, value);
};

const mirrorPad: TranslateOp = (place) => {
  const { builder, attributes, inputs } = place;
  const amounts = amountsOf(place);
  const paddings = builder.constant("paddings", [amounts.length, 2], Int32Array.from(amounts.flat()));
  const shape = shapeOf(place).map((size, axis) => size + amounts[axis]![0] + amounts[axis]![1]);
  return builder.node("MIRROR_PAD", [inputs[0]!, paddings], shape, {
    mode: attributes.text("mode", "REFLECT") === "REFLECT" ? 0 : 1,
  });
};

/** Constants among the parts are real numbers. */
function join(place: Place, parts: readonly number[], axis: number): number {
  const { builder } = place;
  const floats = parts.map((part) => {
    const { data, shape } = builder.graph.tensors[part]!;
    return data ? builder.constant("part", shape, Float32Array.from(data)) : part;
  });
  return floats.length === 1
    ? floats[0]!
    : builder.concatenate(floats, axis < 0 ? axis + builder.shape(parts[0]!).length : axis);
}

const concat: TranslateOp = (place) => {
  const isOld = place.op === "Concat";
  const [axis] = constantIntegers(place, isOld ? 0 : place.inputs.length - 1, "axis") as [number];
  return join(place, isOld ? place.inputs.slice(1) : place.inputs.slice(0, -1), axis);
};

const pack: TranslateOp = (place) => {
  const { builder, attributes, inputs } = place;
  const rank = shapeOf(place).length + 1;
  const axis = (attributes.number("axis") + rank) % rank;
  const parts = inputs.map((input) => builder.reshape(input, builder.shape(input).toSpliced(axis, 0, 1)));
  return join(place, parts, axis);
};

/** Parts of the given lengths along an axis. */
function cut(place: Place, input: number, axis: number, lengths: readonly number[]): number[] {
  const shape = place.builder.shape(input);
  let start = 0;
  return lengths.map((length) => {
    const begin = shape.map((_, at) => (at === axis ? start : 0));
    start += length;
    return length === shape[axis]
      ? input
      : place.builder.slice(
          input,
          begin,
          shape.map((size, at) => (at === axis ? start : size)),
        );
  });
}

const split: TranslateOp = (place) => {
  const [axis] = constantIntegers(place, 0, "axis") as [number];
  const shape = shapeOf(place, 1);
  const at = axis < 0 ? axis + shape.length : axis;
  const count = place.attributes.number("num_split");
  return cut(place, place.inputs[1]!, at, Array<number>(count).fill(shape[at]! / count));
};

const splitV: TranslateOp = (place) => {
  const lengths = constantIntegers(place, 1, "sizes");
  const [axis] = constantIntegers(place, 2, "axis") as [number];
  const shape = shapeOf(place);
  const at = axis < 0 ? axis + shape.length : axis;
  const known = lengths.reduce((sum, n) => sum + Math.max(0, n), 0);
  return cut(
    place,
    place.inputs[0]!,
    at,
    lengths.map((n) => (n < 0 ? shape[at]! - known : n)),
  );
};

const unpack: TranslateOp = (place) => {
  const { builder, attributes, inputs } = place;
  const shape = shapeOf(place);
  const axis = (attributes.number("axis") + shape.length) % shape.length;
  return cut(place, inputs[0]!, axis, Array<number>(shape[axis]!).fill(1)).map((part) =>
    builder.reshape(part, shape.toSpliced(axis, 1)),
  );
};

const stridedSlice: TranslateOp = (place) => {
  const { builder, inputs } = place;
  const shape = shapeOf(place);
  const { ranges, out } = stridedRanges(place, shape);
  const isWhole = ranges.every(
    ({ begin, length, stride }, axis) => begin === 0 && stride === 1 && length === shape[axis],
  );
  const result = isWhole
    ? inputs[0]!
    : builder.slice(
        inputs[0]!,
        ranges.map(({ begin }) => begin),
        ranges.map(({ begin, length, stride }) => begin + length * stride),
        ranges.map(({ stride }) => stride),
      );
  return builder.reshape(result, out);
};

const slice: TranslateOp = (place) => {
  const shape = shapeOf(place);
  const begin = constantIntegers(place, 1, "begin");
  const size = constantIntegers(place, 2, "size");
  return place.builder.slice(
    place.inputs[0]!,
    begin,
    begin.map((first, axis) => (size[axis]! < 0 ? shape[axis]! : first + size[axis]!)),
  );
};

/** What it repeats, put side by side. */
const tile: TranslateOp = (place) =>
  constantIntegers(place, 1, "repeats").reduce(
    (at, times, axis) => (times === 1 ? at : place.builder.concatenate(Array<number>(times).fill(at), axis)),
    place.inputs[0]!,
  );

export const shapeOps = {
  Identity: same,
  StopGradient: same,
  PreventGradient: same,
  Snapshot: same,
  CheckNumerics: same,
  IdentityN: ({ inputs }) => inputs,
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Pad: pad,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Concat: concat,
  ConcatV2: concat,
  Pack: pack,
  Split: split,
  SplitV: splitV,
  Unpack: unpack,
  StridedSlice: stridedSlice,
  Slice: slice,
  Tile: tile,
  Transpose: ({ builder, inputs, ...place }) =>
    builder.transpose(inputs[0]!, constantIntegers({ builder, inputs, ...place }, 1, "order")),
} satisfies Record<string, TranslateOp>;
