import type * as tfjs from "@tensorflow/tfjs-core";
import { paddings } from "../../tflite/index.js";
import { sizeOf } from "../shape.js";
import type { Generator } from "./descriptor.js";
import { weighted } from "./shared/convolution.js";
import { engineOnly } from "./shared/engineOnly.js";
import {
  about,
  bias as randomBias,
  fitting,
  mostElements,
  quantized,
  reshaped,
  weightScales,
} from "./shared/random.js";
import { batched, pad, strides } from "./shared/run.js";
import { bias, int32, weights } from "./shared/tiny.js";
import { activationField, windowFields } from "./shared/window.js";
import { channels, isInt16, kernel, shapeOf, temps } from "./shared/tflm.js";

const random: Generator = (place) => {
  const { model, random, from } = place;
  const { shape: given, scale: inScale } = about(place);
  const shape = given.length === 4 ? given : [1, sizeOf(given.slice(0, -1)), 1, given.at(-1)!];
  const [batch, height, width, depth] = shape as [number, number, number, number];
  const [kh, kw, strideH, strideW] = [random.int(1, 4), random.int(1, 4), random.int(1, 3), random.int(1, 3)];
  const padding = random.pick([paddings.SAME, paddings.VALID]);
  /** A size whose convolution with this window gives `size`. */
  const extent = (size: number, kernel: number, stride: number) =>
    padding === paddings.SAME ? size * stride : (size - 1) * stride + Math.max(kernel, 1);
  const channels = random.int(1, 11);
  const out = [batch, extent(height, kh, strideH), extent(width, kw, strideW), channels];
  if (sizeOf(out) > mostElements || sizeOf(shape) * kh * kw * channels > 1_500_000) return undefined;
  const scales = weightScales(random, channels);
  const filter = model.tensor(
    [channels, kh, kw, depth],
    "INT8",
    { scale: scales, zeroPoint: scales.map(() => 0), quantizedDimension: 0 },
    random.int8s(channels * kh * kw * depth, -127),
  );
  const outScale = fitting(random, inScale, scales[0]!, kh * kw * depth);
  const more = randomBias(place, inScale, scales, channels, outScale);
  return model.operator(
    "TRANSPOSE_CONV",
    [model.int32s(out), filter, shape === given ? from : reshaped(place, shape), ...more],
    model.int8(out, outScale, quantized(random).zeroPoint),
    { padding, strideW, strideH },
  );
};

export const transposeConv = engineOnly({
  code: 67,
  options: {
    type: "TransposeConv",
    union: 49,
    fields: [...windowFields, activationField, ["quantizedBiasType", "int8", 0]],
  },
  tflm: kernel("ParseTransposeConv", [20, 4], 72, ({ inputs: [, filter, input, bias], outputs: [output] }, tensors) => [
    ...temps(output, input, filter),
    ...channels(shapeOf(tensors, filter)[0] ?? 0),
    { scratch: (isInt16(tensors, input) ? 8 : 4) * sizeOf(shapeOf(tensors, output)) },
    ...temps(input, filter, bias, output),
  ]),
  version: () => 3,
  // Each value of the input meets the window of each output channel.
  macs: ({ weights: [channels = 0, height = 0, width = 0], inputs: [, , image = [0]] }) =>
    sizeOf(image) * height * width * channels,
  tiny: [
    [
      [int32(1, 6, 5, 5), weights([5, 3, 2, 3], 0), { shape: [1, 3, 5, 3] }, bias(5)],
      { shape: [1, 6, 5, 5] },
      { padding: paddings.SAME, strideW: 1, strideH: 2 },
    ],
    [
      [int32(1, 5, 4, 2), weights([2, 3, 2, 4], 0), { shape: [1, 2, 2, 4] }],
      { shape: [1, 5, 4, 2] },
      { padding: paddings.VALID, strideW: 2, strideH: 2 },
    ],
  ],
  random,
  types: ["int8", "int16"],
  suite: 4,
  graph: {
    ...weighted,
    quantization: { kind: "weighted", channelAxis: 0, perTensor: false },
    fusesActivation: false,
    run: (tf, node, value, graph, batch) =>
      tf.add(
        tf.conv2dTranspose(
          value(0) as tfjs.Tensor4D,
          tf.transpose(value(1), [1, 2, 0, 3]) as tfjs.Tensor4D,
          batched(graph.tensors[node.output]!.shape, batch) as [number, number, number, number],
          strides(node),
          pad(node),
        ),
        value(2),
      ),
    // Its kernel has its axes in another order, so its filters stay.
    layers: { Conv2DTranspose: "mixes" },
  },
});
