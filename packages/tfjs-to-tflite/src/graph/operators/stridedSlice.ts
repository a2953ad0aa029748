import type { Descriptor, Generator } from "./descriptor.js";
import { moves } from "./shared/graphRules.js";
import { about } from "./shared/random.js";
import { batched, integers } from "./shared/run.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { int32 } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

const random: Generator = (place) => {
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

export const stridedSlice: Descriptor = {
  code: 45,
  options: {
    type: "StridedSlice",
    union: 32,
    fields: [
      ["beginMask", "int32", 0],
      ["endMask", "int32", 0],
      ["ellipsisMask", "int32", 0],
      ["newAxisMask", "int32", 0],
      ["shrinkAxisMask", "int32", 0],
      ["offset", "bool", 0],
    ],
  },
  version: secondThen(2),
  macs: "none",
  graph: {
    ...moves,
    run: (tf, node, value, graph, batch) => {
      const [begin, end, strides] = [1, 2, 3].map((position) => integers(graph, node, position)) as [
        number[],
        number[],
        number[],
      ];
      if (strides.every((stride) => stride === 1))
        return tf.slice(value(0), begin, batched(graph.tensors[node.output]!.shape, batch));
      return tf.stridedSlice(value(0), begin, batched(end, batch), strides);
    },
    layers: { Cropping1D: "same", Cropping2D: "same" },
  },
  tflm: {
    parser: "ParseStridedSlice",
    options: [24, 4],
    inPlace: false,
    types: [],
    data: 84,
    prepare: inputsThenOutput,
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [[{ shape: [3, 4, 2] }, int32(0, 3, 0), int32(3, 0, 2), int32(2, -1, 1)], { shape: [2, 3, 2] }, {}],
      [[{ shape: [3, 4] }, int32(1, 0), int32(2, 4), int32(1, 2)], { shape: [2] }, { shrinkAxisMask: 1 }],
    ],
    random,
    suite: 1,
    desktop: "the same",
  },
};
