/** MAXIMUM and MINIMUM: they compare the integers as they are, so inputs and output must have one quantization. */
import type { Descriptor, FloatRun, Generator, GraphRules, TinyOperator } from "../descriptor.js";
import { about, operand } from "./random.js";
import { moves } from "./graphRules.js";
import { secondThen } from "./version.js";

interface Extremum {
  code: number;
  parser: string;
  run: FloatRun;
  layers: GraphRules["layers"];
}

const tiny: readonly TinyOperator[] = [
  [[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3] }],
  [[{ shape: [2, 1, 3] }, { shape: [4, 1] }], { shape: [2, 4, 3] }],
];

const random =
  (name: "MAXIMUM" | "MINIMUM"): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale, zeroPoint } = about(place);
    if (shape.length > 4) return undefined;
    const alike = (tensor: number): boolean => {
      const { quantization } = model.tensors[tensor]!;
      return quantization!.scale[0] === scale && quantization!.zeroPoint[0] === zeroPoint;
    };
    const other = operand(place, () => ({ scale, zeroPoint }), alike);
    return model.operator(
      name,
      random.chance(0.5) ? [from, other] : [other, from],
      model.int8(shape, scale, zeroPoint),
    );
  };

/** All that the two have in common. */
export const extremum = (name: "MAXIMUM" | "MINIMUM", { code, parser, run, layers }: Extremum): Descriptor => ({
  code,
  options: { type: "MaximumMinimum", union: 39, fields: [] },
  version: secondThen(4),
  macs: "none",
  // An error of either input is at most an error of the output. What an input has outside the output's range never comes out, so the inputs are quantized
  // with the range of the output alone: min(0.1, 10) needs steps of 0.1, not of 10.
  graph: {
    ...moves,
    quantization: { kind: "same", requantize: "unlike inputs", commutesWithClipping: true },
    run,
    layers,
  },
  // The kernel has neither options, nor a structure of its own, nor anything to prepare.
  tflm: { parser, options: "none", inPlace: false, types: [], data: "none", prepare: () => [] },
  engine: { types: ["int8", "int16"], tiny, random: random(name), suite: 2, desktop: "the same" },
});
