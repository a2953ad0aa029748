import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { shapeWithChannelsLast, withChannelsLast, type Oriented } from "./channelsFirst.js";
import type { Layer } from "./layerGraph.js";
import { mendMasks } from "./mendedMasks.js";
import {
  classNamed,
  finish,
  only,
  separableConv,
  shapeOfOne,
  type Convolution,
  type Pair,
  type Shape,
} from "./tfjsLayers.js";

type Conv = Layer & Convolution & Oriented & { filters: number; depthMultiplier: number };

/** tfjs forgets the dilationRate of a DepthwiseConv2D. */
function mendDepthwise(): void {
  const depthwise = classNamed<Convolution>("DepthwiseConv2D").prototype;
  depthwise.call = function (this: Conv, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() =>
      withChannelsLast(this, only(inputs), (x) =>
        finish(
          this,
          tf.depthwiseConv2d(
            x as tf.Tensor4D,
            this.depthwiseKernel.read() as tf.Tensor4D,
            this.strides,
            this.padding,
            "NHWC",
            this.dilationRate as Pair,
          ),
        ),
      ),
    );
  };
  depthwise.computeOutputShape = function (this: Conv, inputShape: Shape | Shape[]): Shape {
    return shapeWithChannelsLast(this, shapeOfOne(inputShape), ([batch, height, width, channels]) => {
      const length = (n: number | null, axis: 0 | 1): number | null => {
        if (n === null) return null;
        const window = (this.kernelSize[axis] - 1) * this.dilationRate[axis] + 1;
        return this.padding === "same"
          ? Math.ceil(n / this.strides[axis])
          : Math.floor((n - window) / this.strides[axis]) + 1;
      };
      return [batch!, length(height!, 0), length(width!, 1), channels! * this.depthMultiplier];
    });
  };
}

/**
 * tfjs lets a Conv1D have causal padding, but cannot compute it: zeros before the first step, so that no step sees a later one. With its channels first tfjs leaves the result
 * with its channels last, and the format out when the model is saved.
 */
function mendConv1d(): void {
  const conv1d = classNamed<Convolution>("Conv1D").prototype;
  const { call, computeOutputShape, getConfig } = conv1d;
  conv1d.getConfig = function (this: Conv): tf.serialization.ConfigDict {
    return { ...getConfig.call(this), dataFormat: this.dataFormat! };
  };
  conv1d.call = function (this: Conv, inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>) {
    const isCausal = (this.padding as string) === "causal";
    if (!isCausal && this.dataFormat !== "channelsFirst") return call.call(this, inputs, kwargs);
    return tf.tidy(() =>
      withChannelsLast(this, only(inputs), (x) => {
        const before = isCausal ? (this.kernelSize[0] - 1) * this.dilationRate[0] : 0;
        const padded = tf.pad(x, [
          [0, 0],
          [before, 0],
          [0, 0],
        ]) as tf.Tensor3D;
        const padding = isCausal ? "valid" : this.padding;
        return finish(
          this,
          tf.conv1d(padded, this.kernel.read() as tf.Tensor3D, this.strides[0], padding, "NWC", this.dilationRate[0]),
        );
      }),
    );
  };
  conv1d.computeOutputShape = function (this: Conv, inputShape: Shape | Shape[]): Shape | Shape[] {
    if ((this.padding as string) !== "causal") return computeOutputShape.call(this, inputShape);
    return shapeWithChannelsLast(this, shapeOfOne(inputShape), ([batch, steps]) => [
      batch!,
      steps === null ? null : Math.ceil(steps! / this.strides[0]),
      this.filters,
    ]);
  };
}

/** tfjs leaves the multiplier of a SeparableConv2D out, so that such a model, saved, cannot be loaded. With its channels first it adds the bias to another axis than they are. */
function mendSeparable(): void {
  const { prototype } = separableConv();
  const { getConfig, call } = prototype;
  prototype.getConfig = function (this: Conv): tf.serialization.ConfigDict {
    return { ...getConfig.call(this), depthMultiplier: this.depthMultiplier };
  };
  prototype.call = function (this: Conv, inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>) {
    if (this.dataFormat !== "channelsFirst") return call.call(this, inputs, kwargs);
    return tf.tidy(() =>
      withChannelsLast(this, only(inputs), (x) => {
        const [depthwise, pointwise] = [this.depthwiseKernel.read(), this.pointwiseKernel.read()] as tf.Tensor4D[];
        const { strides, padding, dilationRate } = this;
        return finish(
          this,
          tf.separableConv2d(x as tf.Tensor4D, depthwise!, pointwise!, strides, padding, dilationRate as Pair),
        );
      }),
    );
  };
}

interface Normalization {
  axis: number | [number];
  epsilon: number;
  gamma: tfl.LayerVariable | null;
  beta: tfl.LayerVariable | null;
  movingMean: tfl.LayerVariable;
  movingVariance: tfl.LayerVariable;
}

/** tfjs's kernels take a BatchNormalization's statistics for those of the last axis, whatever axis it says; in training it computes them right. */
function mendBatchNormalization(): void {
  const { prototype } = classNamed<Normalization>("BatchNormalization");
  const { call } = prototype;
  prototype.call = function (
    this: Layer & Normalization,
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: Record<string, unknown>,
  ) {
    const x = only(inputs);
    // TensorFlow 2 saves it as a list of one.
    const [given] = [this.axis].flat() as [number];
    const axis = given < 0 ? given + x.rank : given;
    if (axis === x.rank - 1 || kwargs["training"]) return call.call(this, inputs, kwargs);
    return tf.tidy(() => {
      const along = (variable: tfl.LayerVariable): tf.Tensor =>
        tf.reshape(
          variable.read(),
          x.shape.map((size, at) => (at === axis ? size : 1)),
        );
      const inverse = tf.rsqrt(tf.add(along(this.movingVariance), this.epsilon));
      const gain = this.gamma ? tf.mul(inverse, along(this.gamma)) : inverse;
      const normalized = tf.mul(tf.sub(x, along(this.movingMean)), gain);
      return this.beta ? tf.add(normalized, along(this.beta)) : normalized;
    });
  };
}

/** tfjs refuses to flatten samples of one dimension, which Keras leaves as they are. */
function mendFlatten(): void {
  Object.defineProperty(classNamed("Flatten").prototype, "inputSpec", {
    get: () => [{ minNDim: 2 }],
    // Each Flatten sets its own.
    set() {},
  });
}

/** Changes tfjs's own layers, those that exist already as well, so that they compute and save what Keras's do. To be called once. */
export function mendLayers(): void {
  mendDepthwise();
  mendConv1d();
  mendSeparable();
  mendBatchNormalization();
  mendMasks();
  mendFlatten();
}
