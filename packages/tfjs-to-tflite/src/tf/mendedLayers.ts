import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "./layerGraph.js";
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

/** tfjs forgets the dilationRate of a DepthwiseConv2D. */
function mendDepthwise(): void {
  const depthwise = classNamed<Convolution>("DepthwiseConv2D").prototype;
  const { computeOutputShape } = depthwise;
  depthwise.call = function (this: Convolution, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() =>
      finish(
        this,
        tf.depthwiseConv2d(
          only(inputs) as tf.Tensor4D,
          this.depthwiseKernel.read() as tf.Tensor4D,
          this.strides,
          this.padding,
          "NHWC",
          this.dilationRate as Pair,
        ),
      ),
    );
  };
  depthwise.computeOutputShape = function (this: Layer & Convolution, inputShape: Shape | Shape[]): Shape {
    const shape = shapeOfOne(inputShape);
    const [batch, , , channels] = computeOutputShape.call(this, shape) as Shape;
    const length = (axis: 0 | 1): number | null => {
      const n = shape[axis + 1];
      if (n === null || n === undefined) return null;
      const window = (this.kernelSize[axis] - 1) * this.dilationRate[axis] + 1;
      return this.padding === "same"
        ? Math.ceil(n / this.strides[axis])
        : Math.floor((n - window) / this.strides[axis]) + 1;
    };
    return [batch!, length(0), length(1), channels!];
  };
}

/** tfjs lets a Conv1D have causal padding, but cannot compute it: zeros before the first step, so that no step sees a later one. */
function mendConv1d(): void {
  const conv1d = classNamed<Convolution>("Conv1D").prototype;
  const { call, computeOutputShape } = conv1d;
  conv1d.call = function (
    this: Convolution & Layer,
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: Record<string, unknown>,
  ): tf.Tensor | tf.Tensor[] {
    if ((this.padding as string) !== "causal") return call.call(this, inputs, kwargs);
    return tf.tidy(() => {
      const before = (this.kernelSize[0] - 1) * this.dilationRate[0];
      const padded = tf.pad(only(inputs), [
        [0, 0],
        [before, 0],
        [0, 0],
      ]) as tf.Tensor3D;
      return finish(
        this,
        tf.conv1d(padded, this.kernel.read() as tf.Tensor3D, this.strides[0], "valid", "NWC", this.dilationRate[0]),
      );
    });
  };
  conv1d.computeOutputShape = function (
    this: Convolution & Layer & { filters: number },
    inputShape: Shape | Shape[],
  ): Shape | Shape[] {
    if ((this.padding as string) !== "causal") return computeOutputShape.call(this, inputShape);
    const [batch, steps] = shapeOfOne(inputShape);
    return [batch!, steps === null ? null : Math.ceil(steps! / this.strides[0]), this.filters];
  };
}

/** tfjs leaves the multiplier of a SeparableConv2D out, so that such a model, saved, cannot be loaded. */
function mendSeparable(): void {
  const { prototype } = separableConv();
  const { getConfig } = prototype;
  prototype.getConfig = function (this: Layer & { depthMultiplier: number }): tf.serialization.ConfigDict {
    return { ...getConfig.call(this), depthMultiplier: this.depthMultiplier };
  };
}

/** Changes tfjs's own layers, those that exist already as well, so that they compute and save what Keras's do. To be called once. */
export function mendLayers(): void {
  mendDepthwise();
  mendConv1d();
  mendSeparable();
}
