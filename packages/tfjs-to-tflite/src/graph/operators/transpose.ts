import type { Descriptor, Generator } from "./descriptor.js";
import { moves } from "./shared/graphRules.js";
import { about } from "./shared/random.js";
import { integers } from "./shared/run.js";
import { inputsThenOutput } from "./shared/tflm.js";
import { int32 } from "./shared/tiny.js";
import { secondThen } from "./shared/version.js";

const random: Generator = (place) => {
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

export const transpose: Descriptor = {
  code: 39,
  options: { type: "Transpose", union: 26, fields: [] },
  version: secondThen(5),
  macs: "none",
  graph: {
    ...moves,
    run: (tf, node, value, graph) => tf.transpose(value(0), integers(graph, node, 1)),
    layers: { Permute: "permute" },
  },
  tflm: {
    parser: "ParseTranspose",
    options: "none",
    inPlace: false,
    types: [],
    data: "none",
    prepare: inputsThenOutput,
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [2, 3, 4] }, int32(2, 0, 1)], { shape: [4, 2, 3] }, {}]],
    random,
    suite: 1,
    desktop: "the same",
  },
};
