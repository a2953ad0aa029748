import type { Generator } from "./descriptor.js";
import { engineOnly } from "./shared/engineOnly.js";
import { moves } from "./shared/graphRules.js";
import { isLarge, moved } from "./shared/moving.js";
import { integers, number } from "./shared/run.js";
import { int32 } from "./shared/tiny.js";
import { firstVersion } from "./shared/version.js";
import { inputsThenOutput, kernel, shapeOf } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape } = model.tensors[from]!;
  if (shape.length > 4) return undefined;
  const mode = random.int(0, 1);
  const pads = shape.map((size) => {
    const most = Math.min(3, size - 1 + mode);
    return random.chance(0.4) ? [0, 0] : [random.int(0, most), random.int(0, most)];
  });
  const outShape = shape.map((size, d) => size + pads[d]![0]! + pads[d]![1]!);
  if (isLarge(outShape)) return undefined;
  const padding = model.tensor([shape.length, 2], "INT32", undefined, Int32Array.from(pads.flat()));
  return moved(place, "MIRROR_PAD", [padding], outShape, { mode });
};

const pads = { ...int32(1, 2, 0, 1), shape: [2, 2] };

export const mirrorPad = engineOnly({
  code: 100,
  options: { type: "MirrorPad", union: 77, fields: [["mode", "int8", 0]] },
  tflm: kernel("ParseMirrorPad", [4, 4], 20, (operator, tensors) => {
    const walk = { scratch: 4 * shapeOf(tensors, operator.inputs[0]).length };
    return [...inputsThenOutput(operator), walk, walk];
  }),
  version: firstVersion,
  tiny: [
    [[{ shape: [3, 4] }, pads], { shape: [6, 5] }, { mode: 0 }],
    [[{ shape: [3, 4] }, pads], { shape: [6, 5] }, { mode: 1 }],
  ],
  random,
  suite: 3,
  graph: {
    ...moves,
    run: (tf, node, value, graph) => {
      const flat = integers(graph, node, 1);
      const amounts = flat.flatMap((before, i): [number, number][] => (i % 2 === 0 ? [[before, flat[i + 1]!]] : []));
      return tf.mirrorPad(value(0), amounts, number(node, "mode") === 0 ? "reflect" : "symmetric");
    },
    layers: {},
  },
});
