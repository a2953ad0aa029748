import type * as tfjs from "@tensorflow/tfjs-core";
import { paddings } from "../../tflite/index.js";
import { sizeOf } from "../shape.js";
import type { Descriptor } from "./descriptor.js";
import { randomConvolution, tflmConvolution, weighted } from "./shared/convolution.js";
import { dilation, pad, strides } from "./shared/run.js";
import { bias, weights } from "./shared/tiny.js";
import { orHybrid, versions } from "./shared/version.js";
import { activationField, dilationFields, tinyWindow, windowFields } from "./shared/window.js";

const byType = orHybrid(6, versions({ FLOAT32: 1, INT8: 3, INT16: 3 }));

export const depthwiseConv2d: Descriptor = {
  code: 4,
  options: {
    type: "DepthwiseConv2D",
    union: 2,
    fields: [...windowFields, ["depthMultiplier", "int32", 0], activationField, ...dilationFields],
  },
  /** Version 2 added dilation. */
  version: (use) => Math.max(byType(use), use.options["dilationH"] !== 1 || use.options["dilationW"] !== 1 ? 2 : 1),
  macs: ({ output, weights: [, height = 0, width = 0] }) => sizeOf(output) * height * width,
  graph: {
    ...weighted,
    quantization: { kind: "weighted", channelAxis: 3, perTensor: false },
    /** tfjs requires equal strides with dilation; along an axis of length 1 the stride has no effect. */
    run: (tf, node, value) => {
      const x = value(0) as tfjs.Tensor4D;
      const kernel = value(1) as tfjs.Tensor4D;
      const channels = x.shape[3];
      const [, height, width, out] = kernel.shape;
      const taps = tf.reshape<tfjs.Rank.R4>(kernel, [height, width, channels, out / channels]);
      return tf.add(tf.depthwiseConv2d(x, taps, strides(node), pad(node), "NHWC", dilation(node)), value(2));
    },
    layers: { DepthwiseConv2D: "depthwise", BatchNormalization: "batchNormalization", Rescaling: "same" },
  },
  tflm: tflmConvolution("ParseDepthwiseConv2D", 3),
  engine: {
    types: ["int8", "int16", "int4"],
    tiny: [
      [
        [{ shape: [1, 5, 4, 3] }, weights([1, 3, 3, 3], 3), bias(3)],
        { shape: [1, 5, 4, 3] },
        { ...tinyWindow, depthMultiplier: 1 },
      ],
      [
        [{ shape: [1, 7, 5, 2] }, weights([1, 2, 3, 4], 3)],
        { shape: [1, 3, 2, 4] },
        { padding: paddings.VALID, strideW: 2, strideH: 2, depthMultiplier: 2 },
      ],
      [
        [{ shape: [1, 5, 6, 1] }, weights([1, 3, 3, 3], 3), bias(3)],
        { shape: [1, 5, 6, 3] },
        { ...tinyWindow, depthMultiplier: 3 },
      ],
      [
        [{ shape: [1, 12, 4, 2] }, weights([1, 4, 2, 2], 3), bias(2)],
        { shape: [1, 3, 3, 2] },
        { padding: paddings.VALID, strideW: 1, strideH: 3, depthMultiplier: 1 },
      ],
      [
        [{ shape: [1, 7, 1, 3] }, weights([1, 3, 1, 3], 3), bias(3)],
        { shape: [1, 4, 1, 3] },
        { ...tinyWindow, strideH: 2, depthMultiplier: 1 },
      ],
    ],
    random: randomConvolution(true),
    suite: 1,
    desktop: "the same",
  },
};
