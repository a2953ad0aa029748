import { sizeOf } from "../shape.js";
import type { Descriptor, Generator } from "./descriptor.js";
import { moves } from "./shared/graphRules.js";
import { about } from "./shared/random.js";
import { batched } from "./shared/run.js";
import { inputAndOutput } from "./shared/tflm.js";
import { int32 } from "./shared/tiny.js";
import { firstVersion } from "./shared/version.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const count = sizeOf(shape);
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

export const reshape: Descriptor = {
  code: 22,
  options: { type: "Reshape", union: 17, fields: [["newShape", "int32s", 0]] },
  version: firstVersion,
  macs: "none",
  graph: {
    ...moves,
    run: (tf, node, value, graph, batch) => tf.reshape(value(0), batched(graph.tensors[node.output]!.shape, batch)),
    decidedBefore: true,
    layers: { Flatten: "reshape", Reshape: "reshape" },
  },
  tflm: {
    parser: "ParseReshape",
    options: [36, 4],
    inPlace: true,
    types: "any",
    data: "none",
    prepare: inputAndOutput,
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [2, 6] }, int32(3, 4)], { shape: [3, 4] }, { newShape: [3, 4] }]],
    random,
    suite: 1,
    desktop: "the same",
  },
};
