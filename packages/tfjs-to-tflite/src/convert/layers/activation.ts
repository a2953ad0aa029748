import type { LayerName } from "../../graph/operators/layers.js";
import type { GraphBuilder } from "../builder.js";
import {
  approximateGelu,
  clippedRelu,
  gelu,
  hardSigmoid,
  logSoftmax,
  mish,
  scaled,
  selu,
  softplus,
  softsign,
  swish,
  type Apply,
} from "../functions.js";
import { refuse, weight, type LayerView, type Translate } from "./types.js";

const hardSwish: Apply = (builder, input) => builder.unary("HARD_SWISH", input);
const elu: Apply = (builder, input) => builder.unary("ELU", input);

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
  elu,
  exponential: (builder, input) => builder.unary("EXP", input),
  selu,
  softplus,
  softsign,
  mish,
  gelu,
  gelu_new: approximateGelu,
  logSoftmax,
};
const names = Object.keys(activationTable).join(", ");

/** The activation that a layer's config names under `key`; none is linear. */
export function activationName({ config }: LayerView, key: string): string {
  const given = config[key] ?? "linear";
  return typeof given === "string" ? given : String((given as { className?: string }).className);
}

export function applyActivation(builder: GraphBuilder, layer: LayerView, input: number, key = "activation"): number {
  const name = activationName(layer, key);
  const apply = Object.hasOwn(activationTable, name)
    ? activationTable[name]!
    : refuse(layer, `activation "${name}" cannot be made of TensorFlow Lite's operators`, `one of ${names}`);
  if (/softmax/i.test(name) && builder.shape(input).length < 2)
    refuse(layer, `${name} needs at least 2 axes`, "a Reshape layer before it");
  return apply(builder, input);
}

const relu: Translate = (builder, layer, [input]) => {
  const limit = layer.config["maxValue"];
  if (limit === null || limit === undefined) return builder.unary("RELU", input!);
  if (!(Number(limit) > 0)) refuse(layer, `maxValue is ${JSON.stringify(limit)}`, "a maxValue over 0");
  return clippedRelu(builder, input!, Number(limit));
};

/** x where it is over theta, else 0. */
const thresholdedRelu: Translate = (builder, layer, [input]) => {
  const theta = builder.constant("theta", [1], Float32Array.of(Number(layer.config["theta"] ?? 1)));
  return builder.select(builder.greater(input!, theta), input!, builder.constant("zero", [1], Float32Array.of(0)));
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
  PReLU: (builder, layer, [input]) => {
    const { shape, data } = weight(layer, "alpha");
    return builder.prelu(input!, shape, data);
  },
  // tfjs's has an alpha of 1 only.
  ELU: (builder, _, [input]) => elu(builder, input!),
  ThresholdedReLU: thresholdedRelu,
  Softmax: softmax,
  Rescaling: (builder, layer, [input]) =>
    scaled(builder, input!, Number(layer.config["scale"]), Number(layer.config["offset"] ?? 0)),
} satisfies { [layer in LayerName]?: Translate };
