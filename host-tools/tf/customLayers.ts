import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";

/**
 * Keras layers and activations that tfjs cannot load, or (DepthwiseConv2D with dilation) computes wrongly.
 * Importing this file teaches tfjs about them, so that a model.json exported from Keras loads and predicts.
 */

type Pair = [number, number];
type Shape = (number | null)[];
type LayerInstance = InstanceType<typeof tfl.layers.Layer>;
type LayerConstructor<T = object> = new (...args: unknown[]) => LayerInstance & T;

/** What tfjs's convolution layers hold; its type files declare it protected. */
interface Convolution {
  strides: Pair;
  padding: "same" | "valid";
  dilationRate: Pair | number[];
  kernelSize: Pair;
  bias: tfl.LayerVariable | null;
  activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  kernel: tfl.LayerVariable;
  depthwiseKernel: tfl.LayerVariable;
  pointwiseKernel: tfl.LayerVariable;
}

const registered = tf.serialization.SerializationMap.getMap().classNameMap;
const classNamed = <T>(name: string): LayerConstructor<T> => registered[name]![0] as unknown as LayerConstructor<T>;
const only = <T>(values: T | T[]): T => (Array.isArray(values) ? values[0]! : values);

function finish(layer: Convolution, output: tf.Tensor): tf.Tensor {
  const biased = layer.bias ? tf.add(output, layer.bias.read()) : output;
  return layer.activation ? layer.activation.apply(biased) : biased;
}

const depthwise = classNamed<Convolution>("DepthwiseConv2D").prototype;
const depthwiseShape = depthwise.computeOutputShape;

/** tfjs forgets the dilationRate of this one; mended for the layers that tfjs itself makes, too. */
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
depthwise.computeOutputShape = function (this: LayerInstance & Convolution, inputShape: Shape | Shape[]): Shape {
  const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
  const [batch, , , channels] = depthwiseShape.call(this, shape) as Shape;
  const length = (axis: 0 | 1): number | null => {
    const n = shape[axis + 1];
    if (n === null || n === undefined) return null;
    const window = (this.kernelSize[axis] - 1) * this.dilationRate[axis]! + 1;
    return this.padding === "same"
      ? Math.ceil(n / this.strides[axis])
      : Math.floor((n - window) / this.strides[axis]) + 1;
  };
  return [batch!, length(0), length(1), channels!];
};

const conv1d = classNamed<Convolution>("Conv1D").prototype;
const conv1dCall = conv1d.call;
const conv1dShape = conv1d.computeOutputShape;

/** tfjs lets a Conv1D have causal padding, but cannot compute it: zeros before the first step, so that no step sees a later one. */
conv1d.call = function (
  this: Convolution & LayerInstance,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: Record<string, unknown>,
): tf.Tensor | tf.Tensor[] {
  if (String(this.padding) !== "causal") return conv1dCall.call(this, inputs, kwargs);
  return tf.tidy(() => {
    const before = (this.kernelSize[0] - 1) * this.dilationRate[0]!;
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
  this: Convolution & LayerInstance & { filters: number },
  inputShape: Shape | Shape[],
): Shape | Shape[] {
  if (String(this.padding) !== "causal") return conv1dShape.call(this, inputShape);
  const [batch, steps] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
  return [batch!, steps === null ? null : Math.ceil(steps! / this.strides[0]), this.filters];
};

const SeparableConv = Object.getPrototypeOf(registered["SeparableConv2D"]![0]) as LayerConstructor<Convolution>;

const configOf = SeparableConv.prototype.getConfig;
/** tfjs leaves the multiplier out, so that such a model, saved, cannot be loaded; this mends the layers that tfjs itself makes, too. */
SeparableConv.prototype.getConfig = function (
  this: LayerInstance & { depthMultiplier: number },
): tf.serialization.ConfigDict {
  return { ...configOf.call(this), depthMultiplier: this.depthMultiplier };
};

/** tfjs has its weights, but throws when it is called. Computed as an image one column wide. */
class SeparableConv1D extends SeparableConv {
  static className = "SeparableConv1D";

  constructor(args: object) {
    super(1, args);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const image = tf.expandDims(only(inputs), 2) as tf.Tensor4D;
      const depthwise = tf.expandDims(this.depthwiseKernel.read(), 1) as tf.Tensor4D;
      const pointwise = tf.expandDims(this.pointwiseKernel.read(), 1) as tf.Tensor4D;
      const [stride, dilation] = [this.strides[0], this.dilationRate[0]!];
      // tfjs's depthwise convolution wants equal strides; along the width of 1 any stride is the same.
      const image2 = tf.separableConv2d(image, depthwise, pointwise, [stride, stride], this.padding, [
        dilation,
        dilation,
      ]);
      return finish(this, tf.squeeze(image2, [2]));
    });
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
abstract class Steps extends tfl.layers.Layer {
  readonly amounts: Pair;

  constructor(
    readonly key: string,
    byDefault: number,
    args: Record<string, unknown>,
  ) {
    super(args as never);
    this.amounts = pairOf(args[key] ?? byDefault);
  }

  abstract steps(n: number): number;
  abstract compute(x: tf.Tensor3D): tf.Tensor;

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.compute(only(inputs) as tf.Tensor3D));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, steps, channels] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
    return [batch!, steps === null ? null : this.steps(steps!), channels!];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), [this.key]: this.amounts };
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

for (const layer of [SeparableConv1D, Subtract, ZeroPadding1D, Cropping1D, UpSampling1D]) {
  tf.serialization.registerClass(
    layer as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
  );
}

const activationFunctions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  hardSwish: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  hardSilu: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
};
for (const [className, apply] of Object.entries(activationFunctions)) {
  class Activation extends tf.serialization.Serializable {
    static className = className;
    apply = (x: tf.Tensor): tf.Tensor => tf.tidy(() => apply(x));
    override getConfig(): tf.serialization.ConfigDict {
      return {};
    }
  }
  tf.serialization.registerClass(
    Activation as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
  );
}

/** Makes one of the layers above, or any other by its Keras class name. */
export function makeLayer(className: string, args: object): LayerInstance {
  const layer = registered[className];
  if (!layer) throw new Error(`no layer is called ${className}`);
  return new (layer[0] as unknown as LayerConstructor)(args);
}
