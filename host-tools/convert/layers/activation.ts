import type { LayerName } from "../../graph/operators/layers.js";
import type { GraphBuilder } from "../builder.js";
import { lastOf } from "../../graph/graph.js";
import { refuse, type LayerView, type Translate } from "./types.js";

type Apply = (builder: GraphBuilder, input: number) => number;

const scaled = (builder: GraphBuilder, input: number, factor: number, offset: number): number => {
  const channels = lastOf(builder.shape(input));
  return builder.affine(input, new Float32Array(channels).fill(factor), new Float32Array(channels).fill(offset));
};

/** min(max(x, 0), limit); the format has it for a limit of 6, others are scaled to that. */
function clippedRelu(builder: GraphBuilder, input: number, limit: number): number {
  if (limit === 6) return builder.unary("RELU6", input);
  return scaled(builder, builder.unary("RELU6", scaled(builder, input, 6 / limit, 0)), limit / 6, 0);
}

/** tfjs: clip(0.2 x + 0.5, 0, 1) = relu6(1.2 x + 3) / 6. */
const hardSigmoid: Apply = (builder, input) =>
  scaled(builder, builder.unary("RELU6", scaled(builder, input, 1.2, 3)), 1 / 6, 0);
const swish: Apply = (builder, input) => builder.elementwise("MUL", input, builder.unary("LOGISTIC", input));
const hardSwish: Apply = (builder, input) => builder.unary("HARD_SWISH", input);

const activationTable: Record<string, Apply> = {
  linear: (_, input) => input,
  relu: (builder, input) => builder.unary("RELU", input),
  relu6: (builder, input) => builder.unary("RELU6", input),
  sigmoid: (builder, input) => builder.unary("LOGISTIC", input),
  tanh: (builder, input) => builder.unary("TANH", input),
  softmax: (builder, input) => builder.unary("SOFTMAX", input, { beta: 1 }),
  hardSigmoid,
  hardSwish,
  hardSilu: hardSwish,
  swish,
  silu: swish,
};
const names = Object.keys(activationTable).join(", ");

/** The activation that a layer's config names; none is linear. */
export function applyActivation(builder: GraphBuilder, layer: LayerView, input: number): number {
  const given = layer.config["activation"] ?? "linear";
  const name = typeof given === "string" ? given : String((given as { className?: string }).className);
  const apply = Object.hasOwn(activationTable, name)
    ? activationTable[name]!
    : refuse(layer, `activation "${name}" has no int8 operator`, `one of ${names}`);
  if (name === "softmax" && builder.shape(input).length < 2)
    refuse(layer, "softmax needs at least 2 axes", "a Reshape layer before it");
  return apply(builder, input);
}

const relu: Translate = (builder, layer, [input]) => {
  const limit = layer.config["maxValue"];
  if (limit === null || limit === undefined) return builder.unary("RELU", input!);
  if (!(Number(limit) > 0)) refuse(layer, `maxValue is ${JSON.stringify(limit)}`, "a maxValue over 0");
  return clippedRelu(builder, input!, Number(limit));
};

const softmax: Translate = (builder, layer, [input]) => {
  const axis = Number(layer.config["axis"] ?? -1);
  if (axis !== -1 && axis !== builder.shape(input!).length - 1)
    refuse(layer, `it works along axis ${axis}, TensorFlow Lite's only along the last`, "a Permute layer around it");
  return builder.unary("SOFTMAX", input!, { beta: 1 });
};

export const activationLayers = {
  Activation: (builder, layer, [input]) => applyActivation(builder, layer, input!),
  ReLU: relu,
  LeakyReLU: (builder, layer, [input]) =>
    builder.unary("LEAKY_RELU", input!, { alpha: Number(layer.config["alpha"] ?? 0.3) }),
  Softmax: softmax,
  Rescaling: (builder, layer, [input]) =>
    scaled(builder, input!, Number(layer.config["scale"]), Number(layer.config["offset"] ?? 0)),
} satisfies { [layer in LayerName]?: Translate };
