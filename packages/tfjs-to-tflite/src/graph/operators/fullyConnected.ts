import type * as tfjs from "@tensorflow/tfjs-core";
import { activations } from "../../tflite/index.js";
import { sizeOf } from "../shape.js";
import type { Descriptor, Generator } from "./descriptor.js";
import { weighted } from "./shared/convolution.js";
import {
  about,
  activation,
  bias as randomBias,
  fitting,
  mostElements,
  quantized,
  weightScales,
} from "./shared/random.js";
import { channels, temps, unpacked } from "./shared/tflm.js";
import { bias, scaled, weights } from "./shared/tiny.js";
import { orHybrid, versions } from "./shared/version.js";
import { activationField, macsAnOutputChannel } from "./shared/window.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape, scale: inScale } = about(place);
  const depth = shape.at(-1)!;
  const rows = sizeOf(shape) / depth;
  const keepNumDims = shape.length > 2 && random.chance(0.5);
  const outputs = random.int(1, 40);
  if (rows * outputs > mostElements) return undefined;
  const scales = weightScales(random, outputs);
  const filter = model.tensor(
    [outputs, depth],
    "INT8",
    { scale: scales, zeroPoint: scales.map(() => 0), quantizedDimension: 0 },
    random.int8s(outputs * depth, -127),
  );
  const outScale = fitting(random, inScale, scales[0]!, depth);
  const out = model.int8(
    keepNumDims ? [...shape.slice(0, -1), outputs] : [rows, outputs],
    outScale,
    quantized(random).zeroPoint,
  );
  return model.operator(
    "FULLY_CONNECTED",
    [from, filter, ...randomBias(place, inScale, scales, outputs, outScale)],
    out,
    {
      fusedActivation: activation(random),
      keepNumDims: keepNumDims ? 1 : 0,
    },
  );
};

export const fullyConnected: Descriptor = {
  code: 9,
  options: {
    type: "FullyConnected",
    union: 8,
    fields: [
      activationField,
      ["weightsFormat", "int8", 0],
      ["keepNumDims", "bool", 0],
      ["asymmetricQuantizeInputs", "bool", 0],
      ["quantizedBiasType", "int8", 0],
    ],
  },
  version: orHybrid(9, versions({ FLOAT32: 1, INT8: 4, INT16: 4 })),
  macs: macsAnOutputChannel,
  graph: {
    ...weighted,
    /** One weight scale per tensor, which every version of TensorFlow Lite supports. */
    quantization: { kind: "weighted", channelAxis: 0, perTensor: true },
    run: (tf, _, value) =>
      tf.add(tf.matMul(value(0) as tfjs.Tensor2D, tf.transpose(value(1)) as tfjs.Tensor2D), value(2)),
    layers: {
      Dense: "makes",
      TimeDistributed: "wraps",
      LSTM: "mixes",
      GRU: "mixes",
      SimpleRNN: "mixes",
      Bidirectional: "mixes",
      Dot: "mixes",
    },
  },
  tflm: {
    parser: "ParseFullyConnected",
    options: [16, 4],
    inPlace: false,
    types: [],
    data: 48,
    prepare({ inputs: [input, filter, bias], outputs }, tensors) {
      const scales = tensors[filter!]?.quantization?.scale.length ?? 0;
      return [
        ...temps(input, filter, bias, outputs[0]),
        ...unpacked(tensors, filter),
        ...(scales > 1 ? channels(scales) : []),
      ];
    },
  },
  engine: {
    types: ["int8", "int16", "int4"],
    tiny: [
      [[{ shape: [2, 9] }, weights([10, 9], 0), bias(10)], { shape: [2, 10] }, {}],
      [
        [{ shape: [1, 3, 3] }, { ...weights([4, 9], 0), quantization: scaled(0.02, 5) }, bias(4)],
        { shape: [1, 4] },
        { fusedActivation: activations.RELU },
      ],
    ],
    random,
    suite: 1,
    desktop: "the last shift rounds halves up, not away from zero: a negative half is one higher",
  },
};
