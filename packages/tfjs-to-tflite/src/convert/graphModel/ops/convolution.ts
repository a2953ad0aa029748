/** Operators with weights. */
import { lastOf, sizeOf } from "../../../graph/graph.js";
import type { Padding, Window } from "../../builder.js";
import { reorder } from "../../reorder.js";
import { products } from "../../functions.js";
import { activate } from "./activation.js";
import { constantCopy } from "./constants.js";
import {
  constantData,
  isConstant,
  refuseNode,
  requireChannelsLast,
  shapeOf,
  type Place,
  type TranslateOp,
} from "./types.js";

const spatial = (list: readonly number[]): [number, number] => [list[1] ?? 1, list[2] ?? 1];

/** The window, after a PAD where the padding is explicit. */
function windowOf(place: Place, input: number): { window: Window; input: number } {
  const { attributes, builder } = place;
  const window = {
    strides: spatial(attributes.numbers("strides")),
    dilation: spatial(attributes.numbers("dilations")),
  };
  const padding = attributes.text("padding");
  if (padding !== "EXPLICIT") return { window: { ...window, padding: padding as Padding }, input };
  const flat = attributes.numbers("explicit_paddings");
  const amounts = [0, 1, 2, 3].map((axis) => [flat[2 * axis] ?? 0, flat[2 * axis + 1] ?? 0] as const);
  return { window: { ...window, padding: "VALID" }, input: builder.pad(input, amounts) };
}

function weightsOf(place: Place): { shape: number[]; data: Float32Array } {
  const data = constantData(place, 1, "filter");
  return { shape: shapeOf(place, 1), data: Float32Array.from(data) };
}

const zeros = (place: Place, channels: number): number =>
  place.builder.constant("bias", [channels], new Float32Array(channels));

/** What is fused into an operator, by fused_ops: a bias first, then an activation; their arguments are inputs 2, 3, ... */
function fusedInto(place: Place, channels: number): { bias: number; finish: (result: number) => number } {
  const fused = place.attributes.texts("fused_ops");
  const hasBias = fused[0] === "BiasAdd";
  const bias = hasBias
    ? place.builder.constant("bias", [channels], Float32Array.from(constantData(place, 2, "bias")))
    : zeros(place, channels);
  const rest = fused.slice(hasBias ? 1 : 0);
  return {
    bias,
    finish: (result) => rest.reduce((at, name) => activate(place, name, at, place.inputs[hasBias ? 3 : 2]), result),
  };
}

const conv: TranslateOp = (place) => {
  requireChannelsLast(place);
  const { builder } = place;
  const { shape, data } = weightsOf(place);
  const [height, width, into, out] = shape as [number, number, number, number];
  const channels = lastOf(shapeOf(place));
  if (channels !== into)
    refuseNode(
      place,
      `it convolves ${channels} channels in groups of ${into}`,
      "a convolution of all channels, or a depthwise one",
    );
  const weights = builder.constant("filter", [out, height, width, into], reorder(data, shape, [3, 0, 1, 2]));
  const { bias, finish } = fusedInto(place, out);
  const { input, window } = windowOf(place, place.inputs[0]!);
  return finish(builder.conv(input, weights, bias, window));
};

const depthwise: TranslateOp = (place) => {
  requireChannelsLast(place);
  const { builder } = place;
  const { shape, data } = weightsOf(place);
  const [height, width, channels, multiplier] = shape as [number, number, number, number];
  const weights = builder.constant("filter", [1, height, width, channels * multiplier], data);
  const { bias, finish } = fusedInto(place, channels * multiplier);
  const { input, window } = windowOf(place, place.inputs[0]!);
  return finish(builder.depthwise(input, weights, bias, window));
};

/** Inputs: the shape of the output, the filter [height, width, out, in], the data. */
const transposed: TranslateOp = (place) => {
  const { builder, attributes } = place;
  requireChannelsLast(place);
  const { shape, data } = weightsOf(place);
  const [height, width, out, into] = shape as [number, number, number, number];
  const [, outHeight, outWidth] = Array.from(constantData(place, 0, "output shape"));
  const padding = attributes.text("padding");
  if (padding !== "SAME" && padding !== "VALID") refuseNode(place, `padding ${padding}`, "padding SAME or VALID");
  const weights = builder.constant("filter", [out, height, width, into], reorder(data, shape, [2, 0, 1, 3]));
  return builder.transposeConv(place.inputs[2]!, weights, zeros(place, out), [1, outHeight!, outWidth!, out], {
    strides: spatial(attributes.numbers("strides")),
    padding,
  });
};

/** All products of a BATCH_MATMUL stand side by side: some megabytes. */
const mostProducts = 2 ** 22;

/** Of an operand [..., rows, columns] the matrices one after the other, with the axis that is summed along last. */
function matrices(place: Place, which: 0 | 1, isTransposed: boolean): number {
  const { builder } = place;
  const shape = shapeOf(place, which);
  const size = shape.slice(-2) as [number, number];
  const all = builder.reshape(constantCopy(place, place.inputs[which]!), [sizeOf(shape.slice(0, -2)), ...size]);
  return isTransposed === (which === 0) ? builder.transpose(all, [0, 2, 1]) : all;
}

/** Products of two operands that are both computed, or of many matrices. */
const batched: TranslateOp = (place) => {
  const { builder, attributes } = place;
  const [a, b] = ([0, 1] as const).map((which) => shapeOf(place, which).slice(0, -2)) as [number[], number[]];
  if (sizeOf(a) !== sizeOf(b))
    refuseNode(
      place,
      `it multiplies [${shapeOf(place).join(", ")}] and [${shapeOf(place, 1).join(", ")}], one of them for several of the other`,
      "operands with the same number of matrices",
    );
  const isTransposed = (letter: string, xy: string): boolean =>
    attributes.flag(`transpose_${letter}`) || attributes.flag(`adj_${xy}`);
  const left = matrices(place, 0, isTransposed("a", "x"));
  const right = matrices(place, 1, isTransposed("b", "y"));
  const [batches, rows, n] = builder.shape(left) as [number, number, number];
  const columns = builder.shape(right)[1]!;
  const all = batches * rows * columns * n;
  if (all > mostProducts)
    refuseNode(
      place,
      `it multiplies two tensors that are both computed, which takes ${all.toLocaleString("en-US")} products at once, ${mostProducts.toLocaleString("en-US")} at most`,
      "products with constant weights, or smaller ones",
    );
  const sums = builder.reshape(products(builder, left, right), [...(a.length > b.length ? a : b), rows, columns]);
  const { bias, finish } = fusedInto(place, columns);
  const isBiased = attributes.texts("fused_ops")[0] === "BiasAdd";
  return finish(isBiased ? builder.elementwise("ADD", sums, bias) : sums);
};

const matrix: TranslateOp = (place) => {
  const { builder, attributes } = place;
  if (!isConstant(place, 1) || shapeOf(place, 1).length > 2) return batched(place);
  if (attributes.flag("transpose_a") || attributes.flag("adj_x")) return batched(place);
  const { shape, data } = weightsOf(place);
  const isTransposed = attributes.flag("transpose_b") || attributes.flag("adj_y");
  const [inputs, units] = (isTransposed ? shape.toReversed() : shape) as [number, number];
  const weights = builder.constant("weights", [units, inputs], isTransposed ? data : reorder(data, shape, [1, 0]));
  const { bias, finish } = fusedInto(place, units);
  const given = shapeOf(place);
  const rows = builder.reshape(place.inputs[0]!, [sizeOf(given) / inputs, inputs]);
  return finish(builder.reshape(builder.fullyConnected(rows, weights, bias), [...given.slice(0, -1), units]));
};

export const convolutionOps = {
  Conv2D: conv,
  _FusedConv2D: conv,
  DepthwiseConv2d: depthwise,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  Conv2DBackpropInput: transposed,
  MatMul: matrix,
  BatchMatMul: matrix,
  BatchMatMulV2: matrix,
  _FusedMatMul: matrix,
} satisfies Record<string, TranslateOp>;
