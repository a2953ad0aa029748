import type { LayerName } from "../../graph/operators/layers.js";
import type { GraphBuilder, Window } from "../builder.js";
import { lastOf, sizeOf } from "../../graph/graph.js";
import { reorder } from "../reorder.js";
import { applyActivation } from "./activation.js";
import { asImage, pair, refuse, weight, type LayerView, type Translate } from "./types.js";

function bias(builder: GraphBuilder, layer: LayerView, channels: number): number {
  return builder.constant("bias", [channels], layer.weights["bias"]?.data ?? new Float32Array(channels));
}

function windowOf(layer: LayerView, oneDimensional: boolean): Required<Window> {
  const padding = String(layer.config["padding"]).toUpperCase();
  if (padding !== "SAME" && padding !== "VALID")
    refuse(layer, `padding "${String(layer.config["padding"])}"`, 'padding "same" or "valid"');
  const [strides, dilation] = [pair(layer.config["strides"] ?? 1), pair(layer.config["dilationRate"] ?? 1)];
  return oneDimensional
    ? { strides: [strides[0], 1], dilation: [dilation[0], 1], padding: padding }
    : { strides, dilation, padding: padding };
}

/** [height, width, in, out] (height only in one dimension) to [out, height, width, in]. */
function convWeights(
  builder: GraphBuilder,
  name: string,
  { shape, data }: { shape: number[]; data: Float32Array },
): number {
  const full = shape.length === 3 ? [shape[0]!, 1, shape[1]!, shape[2]!] : shape;
  return builder.constant(name, [full[3]!, full[0]!, full[1]!, full[2]!], reorder(data, full, [3, 0, 1, 2]));
}

/** [height, width, in, multiplier] to [1, height, width, in * multiplier]: the same order in memory. */
function depthwiseWeights(builder: GraphBuilder, { shape, data }: { shape: number[]; data: Float32Array }): number {
  const [height, width, channels, multiplier] =
    shape.length === 3 ? [shape[0]!, 1, shape[1]!, shape[2]!] : (shape as [number, number, number, number]);
  return builder.constant("depthwise", [1, height, width, channels * multiplier], data);
}

/** Causal: as many zeros before the first step as the window reaches back. */
function padCausally(
  builder: GraphBuilder,
  layer: LayerView,
  image: number,
  kernel: number,
): { image: number; layer: LayerView } {
  if (layer.config["padding"] !== "causal") return { image, layer };
  const before = (builder.shape(kernel)[1]! - 1) * pair(layer.config["dilationRate"] ?? 1)[0];
  return {
    image: builder.pad(image, [
      [0, 0],
      [before, 0],
      [0, 0],
      [0, 0],
    ]),
    layer: { ...layer, config: { ...layer.config, padding: "valid" } },
  };
}

const conv =
  (oneDimensional: boolean): Translate =>
  (builder, given, [input]) => {
    const result = asImage(builder, given, input!, oneDimensional, (unpadded) => {
      const kernel = convWeights(builder, "kernel", weight(given, "kernel"));
      const { image, layer } = padCausally(builder, given, unpadded, kernel);
      return builder.conv(
        image,
        kernel,
        bias(builder, layer, builder.shape(kernel)[0]!),
        windowOf(layer, oneDimensional),
      );
    });
    const layer = given;
    return applyActivation(builder, layer, result);
  };

const depthwise: Translate = (builder, layer, [input]) => {
  const window = windowOf(layer, false);
  const result = asImage(builder, layer, input!, false, (image) => {
    const kernel = depthwiseWeights(builder, weight(layer, "depthwise_kernel"));
    return builder.depthwise(image, kernel, bias(builder, layer, lastOf(builder.shape(kernel))), window);
  });
  return applyActivation(builder, layer, result);
};

const separable =
  (oneDimensional: boolean): Translate =>
  (builder, layer, [input]) => {
    const result = asImage(builder, layer, input!, oneDimensional, (image) => {
      const kernel = depthwiseWeights(builder, weight(layer, "depthwise_kernel"));
      const channels = lastOf(builder.shape(kernel));
      const middle = builder.depthwise(
        image,
        kernel,
        builder.constant("zeros", [channels], new Float32Array(channels)),
        windowOf(layer, oneDimensional),
      );
      const pointwise = convWeights(builder, "pointwise", weight(layer, "pointwise_kernel"));
      return builder.conv(middle, pointwise, bias(builder, layer, builder.shape(pointwise)[0]!), {
        strides: [1, 1],
        padding: "VALID",
      });
    });
    return applyActivation(builder, layer, result);
  };

/** Works along the last axis of any rank. */
const dense: Translate = (builder, layer, [input]) => {
  const shape = builder.shape(input!);
  const kernel = weight(layer, "kernel");
  const [inputs, units] = kernel.shape as [number, number];
  const rows = builder.reshape(input!, [sizeOf(shape) / inputs, inputs]);
  const weights = builder.constant("kernel", [units, inputs], reorder(kernel.data, kernel.shape, [1, 0]));
  const result = builder.reshape(builder.fullyConnected(rows, weights, bias(builder, layer, units)), [
    ...shape.slice(0, -1),
    units,
  ]);
  return applyActivation(builder, layer, result);
};

/** tfjs's kernel is [height, width, out, in]. As in tfjs, a window that is larger than its stride reaches over the end of the last where nothing is padded. */
const transposed: Translate = (builder, layer, [input]) => {
  const { strides, dilation, padding } = windowOf(layer, false);
  if (dilation.some((each) => each !== 1))
    refuse(layer, `dilationRate ${dilation.join("x")}, which TRANSPOSE_CONV does not have`, "a dilationRate of 1");
  const result = asImage(builder, layer, input!, false, (image) => {
    const { shape, data } = weight(layer, "kernel");
    const [kernelHeight, kernelWidth, out, into] = shape as [number, number, number, number];
    const kernel = builder.constant(
      "kernel",
      [out, kernelHeight, kernelWidth, into],
      reorder(data, shape, [2, 0, 1, 3]),
    );
    const [, height, width] = builder.shape(image) as [number, number, number];
    const length = (n: number, size: number, stride: number): number =>
      n * stride + (padding === "VALID" ? Math.max(size - stride, 0) : 0);
    const target = [1, length(height, kernelHeight, strides[0]), length(width, kernelWidth, strides[1]), out];
    return builder.transposeConv(image, kernel, bias(builder, layer, out), target, { strides, padding });
  });
  return applyActivation(builder, layer, result);
};

export const weightedLayers = {
  Dense: dense,
  Conv1D: conv(true),
  Conv2D: conv(false),
  Conv2DTranspose: transposed,
  DepthwiseConv2D: depthwise,
  SeparableConv1D: separable(true),
  SeparableConv2D: separable(false),
} satisfies { [layer in LayerName]?: Translate };
