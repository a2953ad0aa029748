import * as tf from "@tensorflow/tfjs-core";
// Brings the gradients of all kernels, two of which are replaced here.
import "@tensorflow/tfjs-layers";

/**
 * tfjs has no gradients for convolutions with dilation. Written here as sums over the taps of the filter, of whatever backend's products; without dilation
 * tfjs's own are used. tfjs allows strides or dilation, not both, so the strides are 1 here.
 */

type Pair = readonly [number, number];

/** One tap's share of the gradients, of the pixels that it saw, [rows, in], and of its weights. */
interface Tap {
  ofPixels(dy: tf.Tensor2D, weights: tf.Tensor): tf.Tensor;
  ofWeights(dy: tf.Tensor2D, pixels: tf.Tensor2D): tf.Tensor;
}

/** Where the taps of a filter look: the image with its padding is tall x wide, the tap's pixels begin at [down, right]. */
interface Geometry {
  above: number;
  left: number;
  tall: number;
  wide: number;
  taps: { at: Pair; down: number; right: number }[];
}

const pairOf = (value: unknown): Pair =>
  Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [Number(value ?? 1), Number(value ?? 1)];

function geometryOf(x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor4D, attributes: tf.NamedAttrMap): Geometry {
  const [high, broad] = filter.shape;
  const { padInfo, dilationHeight, dilationWidth } = tf.backend_util.computeConv2DInfo(
    x.shape,
    [high, broad, x.shape[3], 1],
    1,
    attributes["dilations"] as [number, number],
    attributes["pad"] as "same",
  );
  const taps = Array.from({ length: high * broad }, (_, i) => ({
    at: [Math.floor(i / broad), i % broad] as const,
    down: Math.floor(i / broad) * dilationHeight,
    right: (i % broad) * dilationWidth,
  }));
  return {
    above: padInfo.top,
    left: padInfo.left,
    tall: dy.shape[1] + (high - 1) * dilationHeight,
    wide: dy.shape[2] + (broad - 1) * dilationWidth,
    taps,
  };
}

const flat = (image: tf.Tensor4D): tf.Tensor2D => tf.reshape(image, [-1, image.shape[3]]);

function gradientOfImage(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  dy: tf.Tensor4D,
  { above, left, tall, wide, taps }: Geometry,
  tap: Tap,
): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const [, outHeight, outWidth] = dy.shape;
  const parts = taps.map(({ at, down, right }) => {
    const weights = tf.reshape(tf.slice(filter, [...at, 0, 0], [1, 1, -1, -1]), filter.shape.slice(2));
    const seen = tf.reshape(tap.ofPixels(flat(dy), weights), [batch, outHeight, outWidth, channels]);
    return tf.pad(seen, [
      [0, 0],
      [down, tall - outHeight - down],
      [right, wide - outWidth - right],
      [0, 0],
    ]);
  });
  // Pixels that no tap saw (valid padding leaves some over) have no gradient.
  const whole = tf.pad(tf.addN(parts), [
    [0, 0],
    [0, Math.max(0, above + height - tall)],
    [0, Math.max(0, left + width - wide)],
    [0, 0],
  ]);
  return tf.slice(whole, [0, above, left, 0], [-1, height, width, -1]);
}

function gradientOfFilter(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  dy: tf.Tensor4D,
  { above, left, tall, wide, taps }: Geometry,
  tap: Tap,
): tf.Tensor {
  const [, height, width] = x.shape;
  const [, outHeight, outWidth] = dy.shape;
  const padded = tf.pad(x, [
    [0, 0],
    [above, Math.max(0, tall - height - above)],
    [left, Math.max(0, wide - width - left)],
    [0, 0],
  ]);
  const parts = taps.map(({ down, right }) =>
    tap.ofWeights(flat(dy), flat(tf.slice(padded, [0, down, right, 0], [-1, outHeight, outWidth, -1]))),
  );
  return tf.reshape(tf.stack(parts), filter.shape);
}

const full: Tap = {
  ofPixels: (dy, weights) => tf.matMul(dy, weights, false, true),
  ofWeights: (dy, pixels) => tf.matMul(pixels, dy, true, false),
};

/** Each input channel has its own filters: weights [in, multiplier]. */
const depthwise: Tap = {
  ofPixels: (dy, weights) => tf.sum(tf.mul(tf.reshape(dy, [-1, ...weights.shape]), weights), 2),
  ofWeights: (dy, pixels) =>
    tf.sum(tf.mul(tf.reshape(dy, [dy.shape[0], pixels.shape[1], -1]), tf.expandDims(pixels, 2)), 0),
};

function replace(kernelName: string, tap: Tap): void {
  const original = tf.getGradient(kernelName);
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    ...original,
    gradFunc(dy, saved, attributes) {
      const dilation = pairOf(attributes["dilations"]);
      if (dilation[0] === 1 && dilation[1] === 1) return original.gradFunc(dy, saved, attributes);
      const [x, filter, above] = [saved[0] as tf.Tensor4D, saved[1] as tf.Tensor4D, dy as tf.Tensor4D];
      const geometry = geometryOf(x, filter, above, attributes);
      return {
        x: () => gradientOfImage(x, filter, above, geometry, tap),
        filter: () => gradientOfFilter(x, filter, above, geometry, tap),
      };
    },
  });
}

let replaced = false;

/** Gives Conv2D and DepthwiseConv2D gradients with dilation, on every backend; once. */
export function registerDilatedGradients(): void {
  if (replaced) return;
  replaced = true;
  replace(tf.Conv2D, full);
  replace(tf.DepthwiseConv2dNative, depthwise);
}
