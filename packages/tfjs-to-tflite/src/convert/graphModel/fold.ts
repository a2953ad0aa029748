/** Ops of constants alone, computed when the model is converted, by tfjs's own kernels. */
import * as tf from "@tensorflow/tfjs-core";
import type { Attributes } from "./attributes.js";

type Fold = (inputs: tf.Tensor[], attributes: Attributes) => tf.Tensor | tf.Tensor[];

const integers = (tensor: tf.Tensor | undefined): number[] => Array.from(tensor!.dataSync(), Math.trunc);
const first = (tensor: tf.Tensor | undefined): number => tensor!.dataSync()[0]!;
const unary =
  (compute: (x: tf.Tensor) => tf.Tensor): Fold =>
  ([x]) =>
    compute(x!);
const binary =
  (compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Fold =>
  ([a, b]) =>
    compute(a!, b!);
const reduction =
  (compute: (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor): Fold =>
  ([x, axes], attributes) =>
    compute(x!, integers(axes), attributes.flag("keep_dims"));

const isReal = (type: string): boolean => /FLOAT|DOUBLE|HALF/.test(type);
const cast: Fold = ([x], attributes) => {
  const type = attributes.type("DstT");
  if (type === "DT_BOOL") return tf.cast(tf.notEqual(x!, 0), "int32");
  return isReal(type) ? tf.cast(x!, "float32") : tf.cast(tf.floor(x!), "int32");
};

const slice: Fold = ([x, begin, size]) => tf.slice(x!, integers(begin), integers(size));
const stridedSlice: Fold = ([x, begin, end, strides], attributes) => {
  const [beginMask, endMask, ellipsis, newAxis, shrink] = ["begin", "end", "ellipsis", "new_axis", "shrink_axis"].map(
    (name) => attributes.number(`${name}_mask`),
  );
  return tf.stridedSlice(
    x!,
    integers(begin),
    integers(end),
    integers(strides),
    beginMask,
    endMask,
    ellipsis,
    newAxis,
    shrink,
  );
};
const squeeze: Fold = ([x], attributes) => {
  const axes = attributes.numbers("squeeze_dims");
  return tf.squeeze(x!, axes.length > 0 ? axes : undefined);
};
const gather: Fold = ([x, indices, axis]) => tf.gather(x!, tf.cast(indices!, "int32"), axis ? first(axis) : 0);
const batchNormalization: Fold = ([x, scale, offset, mean, variance], attributes) =>
  tf.batchNorm(x!, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, attributes.number("epsilon", 1e-4));

/** By op; what is not here is translated as if it had data. */
export const folds: Readonly<Record<string, Fold>> = {
  Add: binary(tf.add),
  AddV2: binary(tf.add),
  BiasAdd: binary(tf.add),
  AddN: (inputs) => tf.addN(inputs),
  Sub: binary(tf.sub),
  Mul: binary(tf.mul),
  RealDiv: binary(tf.div),
  Div: binary(tf.div),
  FloorDiv: binary(tf.floorDiv),
  FloorMod: binary(tf.mod),
  Maximum: binary(tf.maximum),
  Minimum: binary(tf.minimum),
  Pow: binary(tf.pow),
  SquaredDifference: binary(tf.squaredDifference),
  Abs: unary(tf.abs),
  Ceil: unary(tf.ceil),
  Cast: cast,
  Exp: unary(tf.exp),
  Floor: unary(tf.floor),
  Log: unary(tf.log),
  Neg: unary(tf.neg),
  Reciprocal: unary(tf.reciprocal),
  Relu: unary(tf.relu),
  Round: unary(tf.round),
  Rsqrt: unary(tf.rsqrt),
  Sigmoid: unary(tf.sigmoid),
  Sqrt: unary(tf.sqrt),
  Square: unary(tf.square),
  Tanh: unary(tf.tanh),
  Equal: binary((a, b) => tf.cast(tf.equal(a, b), "int32")),
  Less: binary((a, b) => tf.cast(tf.less(a, b), "int32")),
  Greater: binary((a, b) => tf.cast(tf.greater(a, b), "int32")),
  GreaterEqual: binary((a, b) => tf.cast(tf.greaterEqual(a, b), "int32")),
  LogicalAnd: binary((a, b) => tf.mul(a, b)),
  Select: ([condition, a, b]) => tf.where(tf.cast(condition!, "bool"), a!, b!),
  SelectV2: ([condition, a, b]) => tf.where(tf.cast(condition!, "bool"), a!, b!),
  Max: reduction(tf.max),
  Min: reduction(tf.min),
  Mean: reduction(tf.mean),
  Prod: reduction(tf.prod),
  Sum: reduction(tf.sum),
  ConcatV2: (inputs) => tf.concat(inputs.slice(0, -1), first(inputs.at(-1))),
  ExpandDims: ([x, axis]) => tf.expandDims(x!, first(axis)),
  Fill: ([shape, value]) => tf.fill(integers(shape), first(value), value!.dtype),
  FusedBatchNormV3: batchNormalization,
  GatherV2: gather,
  Gather: gather,
  MatMul: ([a, b], attributes) =>
    tf.matMul(
      tf.cast(a!, "float32"),
      tf.cast(b!, "float32"),
      attributes.flag("transpose_a"),
      attributes.flag("transpose_b"),
    ),
  OnesLike: unary(tf.onesLike),
  Pack: (inputs, attributes) => tf.stack(inputs, attributes.number("axis")),
  Range: ([start, limit, step]) => tf.range(first(start), first(limit), first(step), start!.dtype as "int32"),
  Reshape: ([x, shape]) => tf.reshape(x!, integers(shape)),
  Slice: slice,
  SparseToDense: ([indices, shape, values, value]) =>
    tf.sparseToDense(indices!, values!, integers(shape), first(value)),
  Split: ([axis, x], attributes) => tf.split(x!, attributes.number("num_split"), first(axis)),
  Squeeze: squeeze,
  StridedSlice: stridedSlice,
  Tile: ([x, repeats]) => tf.tile(x!, integers(repeats)),
  Transpose: ([x, order]) => tf.transpose(x!, integers(order)),
  Unpack: ([x], attributes) => tf.unstack(x!, attributes.number("axis")),
  ZerosLike: unary(tf.zerosLike),
};
