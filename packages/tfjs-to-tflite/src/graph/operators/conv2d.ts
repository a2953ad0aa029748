import type * as tfjs from "@tensorflow/tfjs-core";
import { activations, paddings } from "../../tflite/index.js";
import type { Descriptor } from "./descriptor.js";
import { randomConvolution, tflmConvolution, weighted } from "./shared/convolution.js";
import { dilation, pad, strides } from "./shared/run.js";
import { bias, weights } from "./shared/tiny.js";
import { orHybrid, versions } from "./shared/version.js";
import { activationField, dilationFields, macsAnOutputChannel, tinyWindow, windowFields } from "./shared/window.js";

export const conv2d: Descriptor = {
  code: 3,
  options: {
    type: "Conv2D",
    union: 1,
    fields: [...windowFields, activationField, ...dilationFields, ["quantizedBiasType", "int8", 0]],
  },
  version: orHybrid(5, versions({ FLOAT32: 1, INT8: 3, INT16: 3 })),
  macs: macsAnOutputChannel,
  graph: {
    ...weighted,
    quantization: { kind: "weighted", channelAxis: 0, perTensor: false },
    run: (tf, node, value) =>
      tf.add(
        tf.conv2d(
          value(0) as tfjs.Tensor4D,
          tf.transpose(value(1), [1, 2, 3, 0]) as tfjs.Tensor4D,
          strides(node),
          pad(node),
          "NHWC",
          dilation(node),
        ),
        value(2),
      ),
    layers: { Conv1D: "makes", Conv2D: "makes", SeparableConv1D: "makes", SeparableConv2D: "makes", Conv3D: "mixes" },
  },
  tflm: tflmConvolution("ParseConv2D", 0),
  engine: {
    types: ["int8", "int16", "int4"],
    tiny: [
      [[{ shape: [1, 5, 4, 3] }, weights([5, 3, 3, 3], 0), bias(5)], { shape: [1, 5, 4, 5] }, tinyWindow],
      [
        [{ shape: [1, 6, 6, 2] }, weights([3, 3, 2, 2], 0)],
        { shape: [1, 2, 4, 3] },
        {
          padding: paddings.VALID,
          strideW: 1,
          strideH: 1,
          dilationH: 2,
          dilationW: 2,
          fusedActivation: activations.RELU6,
        },
      ],
      [[{ shape: [1, 3, 3, 8] }, weights([4, 1, 1, 8], 0), bias(4)], { shape: [1, 3, 3, 4] }, tinyWindow],
      [[{ shape: [1, 2, 1, 9] }, weights([11, 1, 1, 9], 0), bias(11)], { shape: [1, 2, 1, 11] }, tinyWindow],
      // A window of the whole image.
      [
        [{ shape: [1, 3, 2, 7] }, weights([5, 3, 2, 7], 0), bias(5)],
        { shape: [1, 1, 1, 5] },
        { ...tinyWindow, padding: paddings.VALID },
      ],
      // A window that is gathered in parts.
      [[{ shape: [1, 3, 4, 35] }, weights([2, 4, 4, 35], 0), bias(2)], { shape: [1, 3, 4, 2] }, tinyWindow],
    ],
    random: randomConvolution(false),
    suite: 1,
    desktop: "the last shift rounds halves up, not away from zero: a negative half is one higher",
  },
};
