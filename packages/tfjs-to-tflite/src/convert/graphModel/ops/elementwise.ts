/** Operators of two tensors, and normalizations. */
import { refuseNode, constantData, requireChannelsLast, shapeOf, type Place, type TranslateOp } from "./types.js";
import { constantCopy, perChannel } from "./constants.js";
import type { Elementwise } from "../../builder.js";

const ones = (n: number): Float32Array => new Float32Array(n).fill(1);
const none = (n: number): Float32Array => new Float32Array(n);

/** y = x * scale + offset, which folds into a convolution before it. */
type Affine = (values: Float32Array) => { scale: Float32Array; offset: Float32Array };

const add: Affine = (values) => ({ scale: ones(values.length), offset: values });
const multiply: Affine = (values) => ({ scale: values, offset: none(values.length) });

interface Arithmetic {
  op: Elementwise;
  /** With a constant as the second operand, or as the first. */
  second?: Affine;
  first?: Affine;
}

/** With one constant for each channel it is a factor and an offset; else an operator of two tensors. */
function arithmetic(
  place: Place,
  { op, second, first }: Arithmetic,
  a = place.inputs[0]!,
  b = place.inputs[1]!,
): number {
  const { builder } = place;
  const folded = (data: number, constant: number, affine: Affine | undefined): number | undefined => {
    const shape = builder.shape(data);
    const values =
      affine && builder.graph.tensors[data]!.data === undefined ? perChannel(place, constant, shape) : undefined;
    if (!values) return undefined;
    const { scale, offset } = affine!(values);
    return builder.affine(data, scale, offset);
  };
  return (
    folded(a, b, second) ??
    folded(b, a, first) ??
    builder.elementwise(op, constantCopy(place, a), constantCopy(place, b))
  );
}

const sums: Arithmetic = { op: "ADD", second: add, first: add };
const products: Arithmetic = { op: "MUL", second: multiply, first: multiply };
const quotients: Arithmetic = { op: "DIV", second: (values) => multiply(values.map((value) => 1 / value)) };
const differences: Arithmetic = {
  op: "SUB",
  second: (values) => add(values.map((value) => -value)),
  first: (values) => ({ scale: ones(values.length).fill(-1), offset: values }),
};

const of =
  (rule: Arithmetic): TranslateOp =>
  (place) =>
    arithmetic(place, rule);

const constantOf = ({ builder }: Place, tensor: number): number | undefined => {
  const { data } = builder.graph.tensors[tensor]!;
  return data?.every((value) => value === data[0]) ? data[0] : undefined;
};

/** The larger or smaller of two; max(x, 0) is RELU, and min(relu(x), 6) RELU6. */
const extremum =
  (op: "MAXIMUM" | "MINIMUM"): TranslateOp =>
  (place) => {
    const { builder, inputs } = place;
    for (const [data, limit] of [inputs, inputs.toReversed()] as [number, number][]) {
      const value = constantOf(place, limit);
      const isSpread = builder.graph.tensors[limit]!.shape.length <= builder.shape(data).length;
      if (value === undefined || !isSpread || builder.graph.tensors[data]!.data) continue;
      const before = builder.graph.nodes.find(({ output }) => output === data);
      const isPositive = before?.op === "RELU" || before?.op === "RELU6";
      if (op === "MAXIMUM" && value === 0) return isPositive ? data : builder.unary("RELU", data);
      if (op === "MINIMUM" && value === 6 && before?.op === "RELU") return builder.unary("RELU6", before.inputs[0]!);
    }
    return builder.elementwise(op, constantCopy(place, inputs[0]!), constantCopy(place, inputs[1]!));
  };

/** gamma / sqrt(variance + epsilon), beta - mean * factor. */
const batchNormalization: TranslateOp = (place) => {
  const { builder, attributes, inputs } = place;
  requireChannelsLast(place);
  const is = attributes.flag("is_training");
  if (is) refuseNode(place, "it normalizes by the batch (is_training)", "a model exported for inference");
  const [gamma, beta, mean, variance] = ["scale", "offset", "mean", "variance"].map((what, i) =>
    constantData(place, i + 1, what),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const epsilon = attributes.number("epsilon", 1e-4);
  const scale = Float32Array.from(variance, (v, i) => gamma[i]! / Math.sqrt(v + epsilon));
  return builder.affine(
    inputs[0]!,
    scale,
    scale.map((s, i) => beta[i]! - mean[i]! * s),
  );
};

const everywhere = (place: Place, scale: number): number => {
  const channels = shapeOf(place).at(-1) ?? 1;
  return place.builder.affine(place.inputs[0]!, ones(channels).fill(scale), none(channels));
};

/** To a constant power that there is an operator for. */
const power: TranslateOp = (place) => {
  const { builder, inputs } = place;
  const x = inputs[0]!;
  const exponent = constantOf(place, inputs[1]!);
  switch (exponent) {
    case 1:
      return x;
    case 2:
      return builder.elementwise("MUL", x, x);
    case 0.5:
      return builder.unary("SQRT", x);
    case -0.5:
      return builder.unary("RSQRT", x);
    case -1:
      return reciprocal(place);
    default:
      return refuseNode(
        place,
        `its power is ${exponent ?? "not one constant"}`,
        "a power of 2, 0.5, -0.5 or -1, or products",
      );
  }
};

/** TensorFlow Lite Micro has them for float32 alone. */
const floatOnly =
  (op: "EXP" | "LOG" | "SQRT" | "SIN" | "COS" | "FLOOR" | "CEIL" | "ROUND"): TranslateOp =>
  ({ builder, inputs }) =>
    builder.unary(op, inputs[0]!);

const reciprocal: TranslateOp = ({ builder, inputs }) =>
  builder.elementwise("DIV", builder.constant("one", [1], ones(1)), inputs[0]!);

export const elementwiseOps = {
  BiasAdd: of(sums),
  Add: of(sums),
  AddV2: of(sums),
  AddN: (place) => place.inputs.reduce((sum, input) => arithmetic(place, sums, sum, input)),
  Sub: of(differences),
  Mul: of(products),
  Div: of(quotients),
  RealDiv: of(quotients),
  Maximum: extremum("MAXIMUM"),
  Minimum: extremum("MINIMUM"),
  SquaredDifference: (place) =>
    place.builder.elementwise(
      "SQUARED_DIFFERENCE",
      constantCopy(place, place.inputs[0]!),
      constantCopy(place, place.inputs[1]!),
    ),
  Square: ({ builder, inputs }) => builder.elementwise("MUL", inputs[0]!, inputs[0]!),
  Neg: (place) => everywhere(place, -1),
  Abs: ({ builder, inputs }) => builder.unary("ABS", inputs[0]!),
  Rsqrt: ({ builder, inputs }) => builder.unary("RSQRT", inputs[0]!),
  Reciprocal: reciprocal,
  Pow: power,
  Exp: floatOnly("EXP"),
  Log: floatOnly("LOG"),
  Sqrt: floatOnly("SQRT"),
  Sin: floatOnly("SIN"),
  Cos: floatOnly("COS"),
  Floor: floatOnly("FLOOR"),
  Ceil: floatOnly("CEIL"),
  Round: floatOnly("ROUND"),
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV2: batchNormalization,
  FusedBatchNormV3: batchNormalization,
} satisfies Record<string, TranslateOp>;
