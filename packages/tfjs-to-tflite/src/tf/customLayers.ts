import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { dataFormatOf, shapeWithChannelsLast, withChannelsLast, type Oriented } from "./channelsFirst.js";
import { mendLayers } from "./mendedLayers.js";
import { poolings1d } from "./pooling1d.js";
import { GRU } from "./resetAfter.js";
import {
  classNamed,
  finish,
  only,
  separableConv,
  shapeOfOne,
  type Convolution,
  type LayerConstructor,
  type Pair,
  type Shape,
} from "./tfjsLayers.js";

/** Keras layers and activations that tfjs lacks or cannot compute. */

/** tfjs has its weights, but throws when it is called. Computed as an image one column wide. */
class SeparableConv1D extends (separableConv() as LayerConstructor<Convolution & Oriented>) {
  static className = "SeparableConv1D";

  constructor(args: object) {
    super(1, args);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const compute = (x: tf.Tensor): tf.Tensor => {
      const image = tf.expandDims<tf.Tensor4D>(x, 2);
      const depthwise = tf.expandDims<tf.Tensor4D>(this.depthwiseKernel.read(), 1);
      const pointwise = tf.expandDims<tf.Tensor4D>(this.pointwiseKernel.read(), 1);
      const [stride, dilation] = [this.strides[0], this.dilationRate[0]];
      // tfjs's depthwise convolution wants equal strides; along the width of 1 any stride is the same.
      const image2 = tf.separableConv2d(image, depthwise, pointwise, [stride, stride], this.padding, [
        dilation,
        dilation,
      ]);
      return finish(this, tf.squeeze(image2, [2]));
    };
    return tf.tidy(() => withChannelsLast(this, only(inputs), compute));
  }
}

class Subtract extends classNamed<object>("Add") {
  static className = "Subtract";

  mergeFunction(inputs: tf.Tensor[]): tf.Tensor {
    if (inputs.length !== 2) throw new Error(`A Subtract layer takes 2 inputs, ${inputs.length} given.`);
    return tf.sub(inputs[0]!, inputs[1]!);
  }
}

const pairOf = (value: unknown): Pair =>
  Array.isArray(value) ? [Number(value[0]), Number(value[1] ?? value[0])] : [Number(value), Number(value)];

/** Layers on [batch, steps, channels] that change only the steps; `key` is the name of their one argument. */
abstract class Steps extends tfl.layers.Layer implements Oriented {
  readonly amounts: Pair;
  readonly dataFormat: string;

  constructor(
    readonly key: string,
    byDefault: number,
    args: Record<string, unknown>,
  ) {
    super(args);
    this.amounts = pairOf(args[key] ?? byDefault);
    this.dataFormat = dataFormatOf(args);
  }

  abstract steps(n: number): number;
  abstract compute(x: tf.Tensor3D): tf.Tensor;

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => withChannelsLast(this, only(inputs), (x) => this.compute(x as tf.Tensor3D)));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeWithChannelsLast(this, shapeOfOne(inputShape), ([batch, steps, channels]) => [
      batch!,
      steps === null ? null : this.steps(steps!),
      channels!,
    ]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), [this.key]: this.amounts, dataFormat: this.dataFormat };
  }
}

class ZeroPadding1D extends Steps {
  static className = "ZeroPadding1D";
  constructor(args: Record<string, unknown>) {
    super("padding", 1, args);
  }
  steps = (n: number): number => n + this.amounts[0] + this.amounts[1];
  compute = (x: tf.Tensor3D): tf.Tensor => tf.pad(x, [[0, 0], this.amounts, [0, 0]]);
}

class Cropping1D extends Steps {
  static className = "Cropping1D";
  constructor(args: Record<string, unknown>) {
    super("cropping", 1, args);
  }
  steps = (n: number): number => n - this.amounts[0] - this.amounts[1];
  compute = (x: tf.Tensor3D): tf.Tensor => tf.slice(x, [0, this.amounts[0], 0], [-1, this.steps(x.shape[1]), -1]);
}

class UpSampling1D extends Steps {
  static className = "UpSampling1D";
  constructor(args: Record<string, unknown>) {
    super("size", 2, args);
  }
  steps = (n: number): number => n * this.amounts[0];
  compute = (x: tf.Tensor3D): tf.Tensor =>
    tf.reshape(tf.tile(tf.expandDims(x, 2), [1, 1, this.amounts[0], 1]), [
      x.shape[0],
      this.steps(x.shape[1]),
      x.shape[2],
    ]);
}

const addedLayers = [GRU, SeparableConv1D, Subtract, ZeroPadding1D, Cropping1D, UpSampling1D];

const activationFunctions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  hardSwish: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  hardSilu: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  exponential: tf.exp,
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
};

function activationClass(className: string, compute: (x: tf.Tensor) => tf.Tensor): object {
  return class extends tf.serialization.Serializable {
    static className = className;
    apply = (x: tf.Tensor): tf.Tensor => tf.tidy(() => compute(x));
    override getConfig(): tf.serialization.ConfigDict {
      return {};
    }
  };
}

let registered = false;

/** Makes tfjs load and compute what Keras exports; once. Until then tfjs is as it came. */
export function registerCustomLayers(): void {
  if (registered) return;
  registered = true;
  mendLayers();
  const activations = Object.entries(activationFunctions).map((entry) => activationClass(...entry));
  for (const each of [...addedLayers, ...poolings1d(), ...activations])
    tf.serialization.registerClass(
      each as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
    );
}
