/** Functions that TensorFlow Lite has no operator for, or none that loam's engine runs, made of those that it has: what layers and graph models share. */
import { lastOf, sizeOf } from "../graph/graph.js";
import type { GraphBuilder } from "./builder.js";

/** Adds a function's operators. @returns its output, of the input's shape */
export type Apply = (builder: GraphBuilder, input: number) => number;

export const scaled = (builder: GraphBuilder, input: number, factor: number, offset: number): number => {
  const channels = lastOf(builder.shape(input));
  return builder.affine(input, new Float32Array(channels).fill(factor), new Float32Array(channels).fill(offset));
};

/** min(max(x, 0), limit); the format has it for a limit of 6, others are scaled to that. */
export function clippedRelu(builder: GraphBuilder, input: number, limit: number): number {
  if (limit === 6) return builder.unary("RELU6", input);
  return scaled(builder, builder.unary("RELU6", scaled(builder, input, 6 / limit, 0)), limit / 6, 0);
}

/** tfjs: clip(0.2 x + 0.5, 0, 1) = relu6(1.2 x + 3) / 6. */
export const hardSigmoid: Apply = (builder, input) =>
  scaled(builder, builder.unary("RELU6", scaled(builder, input, 1.2, 3)), 1 / 6, 0);

export const swish: Apply = (builder, input) => builder.elementwise("MUL", input, builder.unary("LOGISTIC", input));

/** Klambauer et al., Self-Normalizing Neural Networks (2017): lambda * (x where it is positive, else alpha * (e^x - 1)). ELU has an alpha of 1, LEAKY_RELU makes it another. */
export const selu: Apply = (builder, input) =>
  scaled(
    builder,
    builder.unary("LEAKY_RELU", builder.unary("ELU", input), { alpha: 1.6732632423543772 }),
    1.0507009873554805,
    0,
  );

/** x / (1 + |x|). */
export const softsign: Apply = (builder, input) =>
  builder.elementwise("DIV", input, scaled(builder, builder.unary("ABS", input), 1, 1));

/** Of every element v, along a new last axis, [-v / 2, v / 2]; their log-softmax is [-log(1 + e^v), v - log(1 + e^v)]. */
function halves(builder: GraphBuilder, input: number): number {
  const shape = builder.shape(input);
  const channels = lastOf(shape);
  const rows = sizeOf(shape) / channels;
  const weights = Float32Array.from({ length: 2 * channels }, (_, i) => (i % 2 === 0 ? -0.5 : 0.5));
  const pairs = builder.depthwise(
    builder.reshape(input, [1, rows, 1, channels]),
    builder.constant("halves", [1, 1, 1, 2 * channels], weights),
    builder.constant("zeros", [2 * channels], new Float32Array(2 * channels)),
    { strides: [1, 1], padding: "VALID" },
  );
  return builder.reshape(pairs, [1, rows * channels, 2]);
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|): as int8 LOG_SOFTMAX ends at -16, which only the second part never reaches. */
export const softplus: Apply = (builder, input) => {
  const magnitude = builder.unary("ABS", input);
  const logarithms = builder.unary("LOG_SOFTMAX", halves(builder, scaled(builder, magnitude, -1, 0)));
  const [, count] = builder.shape(logarithms) as [number, number, number];
  const first = builder.reshape(builder.slice(logarithms, [0, 0, 0], [1, count, 1]), builder.shape(input));
  return builder.elementwise("SUB", builder.unary("RELU", input), first);
};

/** x tanh(log(1 + e^x)) = x (1 - q^2) / (1 + q^2) with q = sigmoid(-x). */
export const mish: Apply = (builder, input) => {
  const q = builder.unary("LOGISTIC", scaled(builder, input, -1, 0));
  const square = builder.elementwise("MUL", q, q);
  const gate = builder.elementwise("DIV", scaled(builder, square, -1, 1), scaled(builder, square, 1, 1));
  return builder.elementwise("MUL", input, gate);
};

/**
 * x P(x), P being the normal distribution: P(x) = sigmoid(g(x)), and g is nearly x times this polynomial of x^2, from the lowest power. Fitted for |x| <= 5 by weighted
 * least squares so that x P(x) is off by at most 3.1e-6; beyond 5 what is left of P is under 3e-7.
 */
const logitOfNormal = [
  1.5956551533623278, 0.07293986093678716, -2.5095197249714544e-4, -6.093448757764873e-5, 2.225268901812072e-6,
];
const normalLimit = 5;

/** x (1 + erf(x / sqrt(2))) / 2. */
export const gelu: Apply = (builder, input) => {
  const scale = 3 / normalLimit;
  const clipped = builder.unary("RELU6", scaled(builder, input, scale, 3));
  const x = scaled(builder, clipped, 1 / scale, -normalLimit);
  const square = builder.elementwise("MUL", x, x);
  const [highest, ...rest] = logitOfNormal.toReversed() as [number, number, ...number[]];
  const [next, ...lower] = rest;
  const slope = lower.reduce(
    (sum, coefficient) => scaled(builder, builder.elementwise("MUL", sum, square), 1, coefficient),
    scaled(builder, square, highest, next),
  );
  const share = builder.unary("LOGISTIC", builder.elementwise("MUL", x, slope));
  return builder.elementwise("MUL", input, share);
};

/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), the approximation. */
export const approximateGelu: Apply = (builder, input) => {
  const slope = Math.sqrt(2 / Math.PI);
  const square = builder.elementwise("MUL", input, input);
  const inner = builder.elementwise("MUL", input, scaled(builder, square, slope * 0.044715, slope));
  return builder.elementwise("MUL", input, scaled(builder, builder.unary("TANH", inner), 0.5, 0.5));
};

export const logSoftmax: Apply = (builder, input) => builder.unary("LOG_SOFTMAX", input);

/**
 * Sums of products along the last axis of two tensors, of each row of one with each of the other. An operator for it, BATCH_MATMUL, is not in loam's engine: here all products stand
 * side by side, and a layer with weights of 1 adds them up, since desktop TensorFlow Lite has no SUM of integers.
 * @param a [batches, rows, n] @param b [batches, columns, n] @returns [batches, rows, columns]
 */
export function products(builder: GraphBuilder, a: number, b: number): number {
  const [batches, rows, n] = builder.shape(a) as [number, number, number];
  const [, columns] = builder.shape(b) as [number, number];
  const pairs = builder.elementwise(
    "MUL",
    builder.reshape(a, [batches, rows, 1, n]),
    builder.reshape(b, [batches, 1, columns, n]),
  );
  const ones = builder.constant("ones", [1, n], new Float32Array(n).fill(1));
  const none = builder.constant("zero", [1], new Float32Array(1));
  const sums = builder.fullyConnected(builder.reshape(pairs, [batches * rows * columns, n]), ones, none);
  return builder.reshape(sums, [batches, rows, columns]);
}
