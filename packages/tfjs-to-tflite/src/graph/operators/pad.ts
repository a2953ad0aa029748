import { sizeOf } from "../shape.js";
import type { Descriptor, Generator } from "./descriptor.js";
import { moves } from "./shared/graphRules.js";
import { about, mostElements } from "./shared/random.js";
import { integers } from "./shared/run.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { elementOf, int32, withShape } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  if (shape.length > 4) return undefined;
  const pads = shape.flatMap(() => (random.chance(0.5) ? [0, 0] : [random.int(0, 3), random.int(0, 3)]));
  const outShape = shape.map((size, d) => size + pads[2 * d]! + pads[2 * d + 1]!);
  if (sizeOf(outShape) > mostElements) return undefined;
  const paddingTensor = model.tensor([shape.length, 2], "INT32", undefined, Int32Array.from(pads));
  return model.operator("PAD", [from, paddingTensor], model.int8(outShape, scale, zeroPoint));
};

export const pad: Descriptor = {
  code: 34,
  options: { type: "Pad", union: 22, fields: [] },
  version: secondThen(3),
  macs: "none",
  graph: {
    ...moves,
    run: (tf, node, value, graph) => {
      const flat = integers(graph, node, 1);
      return tf.pad(
        value(0),
        Array.from({ length: flat.length / 2 }, (_, i): [number, number] => [flat[2 * i]!, flat[2 * i + 1]!]),
      );
    },
    commutesWithScale: true,
    layers: { ZeroPadding1D: "same", ZeroPadding2D: "same" },
  },
  tflm: { parser: "ParsePad", options: "none", inPlace: false, types: [], data: 56, prepare: inputsThenOutput },
  engine: {
    types: ["int8", "int16"],
    tiny: [
      [[{ shape: [1, 2, 2, 1] }, { ...int32(0, 0, 1, 1, 0, 2, 0, 0), shape: [4, 2] }], { shape: [1, 4, 4, 1] }, {}],
      (model) => {
        const { input, computed } = withShape(model, [2, 3]);
        const ones = model.tensor([2, 2], "INT32", undefined, Int32Array.of(0, 1, 2, 1));
        const pads = model.operator("MUL", [ones, elementOf(model, computed, 0)], model.tensor([2, 2], "INT32"));
        return { inputs: [input], outputs: [model.operator("PAD", [input, pads], model.int8([4, 9], 0.05, 3))] };
      },
    ],
    random,
    suite: 1,
    desktop: "the same",
  },
};
