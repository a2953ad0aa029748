import test from "ava";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { Random } from "../../host-tools/lib/random.js";

// Source of truth: tfjs' plain JavaScript backend "cpu", which has all training kernels.

test.before(async () => {
  await startBackend("wasm");
});

const random = new Random("kernels");
const values = (shape: number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());

/** "2x3 4" as [[2, 3], [4]]. */
const shapesOf = (text: string): number[][] => text.split(" ").map((shape) => shape.split("x").map(Number));

interface Case {
  title: string;
  /** Shapes of the variables. */
  shapes: number[][];
  /** What is differentiated; summed with fixed random weights. */
  compute: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const conv =
  (strides: number | [number, number], pad: "same" | "valid" | number, dilation = 1) =>
  (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, "NHWC", dilation);
const depthwise =
  (strides: number | [number, number], pad: "same" | "valid" | number) =>
  (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad);
const normalized = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm4d(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
    1e-3,
  );
};

const cases: Case[] = [
  { title: "matrix product", shapes: shapesOf("7x33 33x41"), compute: (a, b) => tf.matMul(a, b) },
  {
    title: "product of a transposed matrix",
    shapes: shapesOf("33x29 33x41"),
    compute: (a, b) => tf.matMul(a, b, true, false),
  },
  {
    title: "product with a transposed matrix",
    shapes: shapesOf("29x33 41x33"),
    compute: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    title: "product of two transposed matrices",
    shapes: shapesOf("33x29 41x33"),
    compute: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    title: "batches of products",
    shapes: shapesOf("3x33x29 3x33x41"),
    compute: (a, b) => tf.matMul(a, b, true, false),
  },
  { title: "convolution 1x1", shapes: shapesOf("3x5x1x7 1x1x7x9"), compute: conv(1, "same") },
  { title: "convolution 1x1, stride 2", shapes: shapesOf("3x5x4x7 1x1x7x9"), compute: conv(2, "same") },
  { title: "convolution 3x3 same", shapes: shapesOf("2x6x5x3 3x3x3x4"), compute: conv(1, "same") },
  {
    title: "convolution 3x2 valid, strides 2 and 1",
    shapes: shapesOf("2x7x5x3 3x2x3x4"),
    compute: conv([2, 1], "valid"),
  },
  { title: "convolution 3x3, explicit padding, stride 2", shapes: shapesOf("2x9x7x3 3x3x3x4"), compute: conv(2, 1) },
  { title: "depthwise 3x1, stride 2", shapes: shapesOf("3x15x1x6 3x1x6x1"), compute: depthwise(2, "same") },
  { title: "depthwise 3x3 valid", shapes: shapesOf("2x6x5x4 3x3x4x1"), compute: depthwise(1, "valid") },
  { title: "depthwise with multiplier 2", shapes: shapesOf("2x6x5x4 3x3x4x2"), compute: depthwise(1, "same") },
  { title: "batch normalization in training", shapes: shapesOf("4x5x1x6 6 6"), compute: normalized },
];

async function gradients(
  backend: string,
  { shapes, compute }: Case,
  inputs: Float32Array[],
  weights: Float32Array | undefined,
): Promise<{ size: number; found: Float32Array[] }> {
  await tf.setBackend(backend);
  const tensors = inputs.map((data, index) => tf.tensor(data, shapes[index]));
  let size = 0;
  const found = tf.grads((...given: tf.Tensor[]) => {
    const y = compute(...given);
    size = y.size;
    return weights ? tf.sum(tf.mul(y, tf.tensor(weights.subarray(0, y.size), y.shape))) : tf.sum(y);
  })(tensors);
  return { size, found: found.map((gradient) => gradient.dataSync() as Float32Array) };
}

/** The same filter with zeros between its taps: without dilation it computes the same, and tfjs has gradients of that. */
function spread(w: tf.Tensor, [down, right]: readonly [number, number]): tf.Tensor {
  const [high, broad, , out] = w.shape as [number, number, number, number];
  const rows = tf.pad(tf.reshape(w, [high, 1, -1]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
  ]);
  const tall = tf.slice(tf.reshape(rows, [high * down, broad, -1]), [0, 0, 0], [(high - 1) * down + 1, -1, -1]);
  const columns = tf.pad(tf.reshape(tall, [tall.shape[0], broad, 1, -1]), [
    [0, 0],
    [0, 0],
    [0, right - 1],
    [0, 0],
  ]);
  const wide = tf.slice(
    tf.reshape(columns, [tall.shape[0], broad * right, -1]),
    [0, 0, 0],
    [-1, (broad - 1) * right + 1, -1],
  );
  return tf.reshape(wide, [wide.shape[0], wide.shape[1]!, -1, out]);
}

const dilatedCases: {
  title: string;
  shapes: number[][];
  pad: "same" | "valid";
  dilation: [number, number];
  depthwise?: true;
}[] = [
  { title: "convolution, same", shapes: shapesOf("2x9x8x3 3x3x3x4"), pad: "same", dilation: [2, 3] },
  { title: "convolution, valid", shapes: shapesOf("2x9x8x3 3x2x3x4"), pad: "valid", dilation: [2, 2] },
  { title: "convolution along time", shapes: shapesOf("3x20x1x5 4x1x5x6"), pad: "same", dilation: [3, 1] },
  { title: "depthwise, same", shapes: shapesOf("2x9x8x3 3x3x3x1"), pad: "same", dilation: [2, 2], depthwise: true },
  {
    title: "depthwise with multiplier 2, valid",
    shapes: shapesOf("2x9x8x3 2x3x3x2"),
    pad: "valid",
    dilation: [3, 2],
    depthwise: true,
  },
];
for (const { title, shapes, pad, dilation, depthwise: each } of dilatedCases) {
  test.serial(`dilated ${title}: the gradients of a filter with zeros between its taps`, async (t) => {
    const compute = (x: tf.Tensor, w: tf.Tensor, by: [number, number]): tf.Tensor =>
      each
        ? tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad, "NHWC", by)
        : tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad, "NHWC", by);
    const inputs = shapes.map(values);
    const probe = { title, shapes, compute: (x: tf.Tensor, w: tf.Tensor) => compute(x, spread(w, dilation), [1, 1]) };
    const { size } = await gradients("cpu", probe, inputs, undefined);
    const weights = values([size]);
    const { found: expected } = await gradients("cpu", probe, inputs, weights);
    for (const backend of ["cpu", "wasm"]) {
      const { found } = await gradients(
        backend,
        { title, shapes, compute: (x, w) => compute(x, w, dilation) },
        inputs,
        weights,
      );
      found.forEach((gradient, which) => {
        const size = expected[which]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        t.true(
          gradient.every((value, i) => Math.abs(value - expected[which]![i]!) < 1e-5 * size),
          `${backend}, gradient ${which}`,
        );
      });
    }
  });
}

for (const one of cases) {
  test.serial(`gradients equal the cpu backend's: ${one.title}`, async (t) => {
    const inputs = one.shapes.map(values);
    const weights = values([4096]);
    const expected = await gradients("cpu", one, inputs, weights);
    const { found } = await gradients("wasm", one, inputs, weights);
    expected.found.forEach((right, index) => {
      t.is(found[index]!.length, right.length);
      const scale = Math.max(...right.map(Math.abs));
      right.forEach((value, at) => {
        if (!(Math.abs(value - found[index]![at]!) <= 2e-5 * scale))
          t.fail(`gradient ${index} at ${at}: ${found[index]![at]}, expected ${value}`);
      });
    });
  });
}

test.serial("no kernel leaks memory", async (t) => {
  await tf.setBackend("wasm");
  for (const one of cases) {
    const inputs = one.shapes.map((shape) => tf.tensor(values(shape), shape));
    const before = tf.engine().backend.numDataIds();
    tf.tidy(() => void tf.grads((...given: tf.Tensor[]) => tf.sum(one.compute(...given)))(inputs));
    t.is(tf.engine().backend.numDataIds(), before, one.title);
    tf.dispose(inputs);
  }
});
