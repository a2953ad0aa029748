import { sizeOf } from "../shape.js";
import type { Descriptor, Generator } from "./descriptor.js";
import { moves } from "./shared/graphRules.js";
import { about, mostElements } from "./shared/random.js";
import { number } from "./shared/run.js";
import { temps } from "./shared/tflm.js";
import { secondThen } from "./shared/version.js";
import { activationField } from "./shared/window.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  const axis = random.int(0, shape.length - 1);
  const like = (size: number): number => {
    const otherShape = shape.map((extent, d) => (d === axis ? size : extent));
    return model.int8(otherShape, scale, zeroPoint, random.int8s(sizeOf(otherShape)));
  };
  const inputs = random.shuffle([
    from,
    ...Array.from({ length: random.int(1, 3) }, () => (random.chance(0.3) ? from : like(random.int(1, 4)))),
  ]);
  const outShape = shape.map((extent, d) =>
    d === axis ? inputs.reduce((sum, input) => sum + model.tensors[input]!.shape[axis]!, 0) : extent,
  );
  if (sizeOf(outShape) > mostElements) return undefined;
  return model.operator("CONCATENATION", inputs, model.int8(outShape, scale, zeroPoint), {
    axis: random.chance(0.3) ? axis - shape.length : axis,
  });
};

export const concatenation: Descriptor = {
  code: 2,
  options: { type: "Concatenation", union: 10, fields: [["axis", "int32", 0], activationField] },
  version: secondThen(3),
  macs: "none",
  graph: {
    ...moves,
    quantization: { kind: "same", requantize: "fixed inputs", commutesWithClipping: true },
    run: (tf, node, value) =>
      tf.concat(
        node.inputs.map((_, position) => value(position)),
        number(node, "axis"),
      ),
    layers: { Concatenate: "concatenate", UpSampling1D: "same", UpSampling2D: "same", RepeatVector: "same" },
  },
  tflm: {
    parser: "ParseConcatenation",
    options: [8, 4],
    inPlace: false,
    types: [],
    data: 24,
    prepare: ({ inputs, outputs }) => temps(inputs[0], outputs[0], ...inputs),
  },
  engine: {
    types: ["int8", "int16"],
    tiny: [[[{ shape: [2, 1] }, { shape: [2, 3] }, { shape: [2, 2] }], { shape: [2, 6] }, { axis: 1 }]],
    random,
    suite: 1,
    desktop: "the same",
  },
};
