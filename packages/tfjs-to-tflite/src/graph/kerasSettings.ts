/**
 * Settings of Keras's layers that tfjs cannot read: of training, which are replaced by what tfjs has, or left out; and activations and types of
 * layers, which are replaced where tfjs computes the same, and refused by the layer's name where it does not.
 */
import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";

type Json = Record<string, unknown>;
export interface LayerJson extends Json {
  class_name: string;
  config: Json;
  name?: string;
  inbound_nodes?: unknown[];
}

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws UserError naming layer and type, what cannot be read, and the alternative */
export function refuse({ class_name: className, config, name }: LayerJson, what: string, instead: string): never {
  const known = typeof config["name"] === "string" ? config["name"] : (name ?? "without a name");
  throw new UserError(`layer "${known}" (${className}): ${what}. Instead: ${instead}`);
}

/** What tfjs reads by a name, of layers, initializers, constraints and activations alike; a caller's own layers too. */
const isKnown = (name: string): boolean => Object.hasOwn(tf.serialization.SerializationMap.getMap().classNameMap, name);

const camelCase = (name: string): string => name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const nameOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : isObject(value) ? String(value["class_name"]) : undefined;

/** tfjs's name of an initializer or a constraint: glorot_uniform and GlorotUniform are one, LecunNormal is LeCunNormal. */
function knownClass(value: unknown): string | undefined {
  const plain = nameOf(value)?.replaceAll("_", "").toLowerCase();
  return Object.keys(tf.serialization.SerializationMap.getMap().classNameMap).find(
    (name) => name.toLowerCase() === plain && /^[A-Z]/.test(name),
  );
}

const withKnownClass = (value: unknown): unknown => {
  const name = knownClass(value);
  return name && { class_name: name, config: (isObject(value) && value["config"]) || {} };
};

/** Of Keras's regularizers tfjs has only the one of which the others are cases; by a name alone their strength is 0.01. */
function regularizer(value: unknown): unknown {
  const kind = nameOf(value)?.replace("_", "").toLowerCase();
  if (!kind || !["l1", "l2", "l1l2"].includes(kind)) return undefined;
  const config = isObject(value) && isObject(value["config"]) ? value["config"] : { l1: 0.01, l2: 0.01 };
  return {
    class_name: "L1L2",
    config: { l1: kind === "l2" ? 0 : Number(config["l1"] ?? 0), l2: kind === "l1" ? 0 : Number(config["l2"] ?? 0) },
  };
}

/** By the ends of their names. What tfjs does not know is left out: its own default then stands, and the weights are set anyway. */
const trainingSettings: readonly (readonly [end: RegExp, read: (value: unknown) => unknown])[] = [
  // A penalty on outputs, with which tfjs does not run a layer at all.
  [/^activity_regularizer$/, () => null],
  [/_regularizer$/, regularizer],
  [/_initializer$/, withKnownClass],
  [/_constraint$/, withKnownClass],
];

function setTraining(config: Json): void {
  for (const [key, value] of Object.entries(config)) {
    const read = trainingSettings.find(([end]) => end.test(key))?.[1];
    if (read && value !== null) config[key] = read(value) ?? null;
  }
}

/** Layers as activations that are one of tfjs's functions. */
function functionOfLayer(type: string, config: Json): string | undefined {
  const is = (key: string, value: unknown, byDefault: unknown = value): boolean => (config[key] ?? byDefault) === value;
  if (type === "ReLU" && is("negative_slope", 0) && is("threshold", 0)) {
    if (config["max_value"] === 6) return "relu6";
    return (config["max_value"] ?? null) === null ? "relu" : undefined;
  }
  if (type === "ELU" && is("alpha", 1)) return "elu";
  return type === "Softmax" && is("axis", -1) ? "softmax" : undefined;
}

/** tfjs's name of an activation. */
function activation(layer: LayerJson, key: string): unknown {
  const value = layer.config[key];
  const isFunction = isObject(value) && value["class_name"] === "function";
  const given = isFunction ? value["config"] : isObject(value) ? value["class_name"] : value;
  const named = (what: string): never =>
    refuse(
      layer,
      `its ${key.replace("_", " ")} ${what}`,
      "a function such as relu, sigmoid, tanh or softmax, or a layer of its own behind it",
    );
  if (typeof given !== "string") return named("is no function by name");
  const ofLayer = isObject(value) && isObject(value["config"]) ? functionOfLayer(given, value["config"]) : undefined;
  if (ofLayer !== undefined) return ofLayer;
  // TensorFlow's name of the function, in some files.
  const name = given === "softmax_v2" ? "softmax" : [given, camelCase(given)].find(isKnown);
  if (name === undefined) return named(`"${given}" is not one that tfjs has`);
  // What begins with a capital is a layer.
  return /^[A-Z]/.test(name) ? named(`is a layer of type ${given} with options`) : name;
}

/** Types that are, apart from training, one of tfjs's, with the same weights. */
const sameTypes: Readonly<Record<string, string>> = {
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  SyncBatchNormalization: "BatchNormalization",
};

/** Types that only act in training: augmentation, and penalties. RandomCrop is none of them, as it crops what it is given afterwards, too. */
const onlyInTraining =
  /^(?:Random(?:Flip|Rotation|Zoom|Contrast|Translation|Brightness|Height|Width|Hue|Saturation|Sharpness|Shear|Posterization|ColorJitter|ColorDegeneration|Grayscale|Invert|Erasing|Perspective|ElasticTransform|GaussianBlur)|AugMix|RandAugment|ActivityRegularization)$/;

function setType(layer: LayerJson): void {
  layer.class_name = sameTypes[layer.class_name] ?? layer.class_name;
  const type = layer.class_name;
  if (onlyInTraining.test(type)) {
    const { name, batch_input_shape: shape, batch_shape: shape3 } = layer.config;
    layer.class_name = "Activation";
    layer.config = {
      name: name ?? layer.name,
      activation: "linear",
      ...(shape !== undefined && { batch_input_shape: shape }),
      ...(shape3 !== undefined && { batch_shape: shape3 }),
    };
  } else if (!isKnown(type))
    refuse(
      layer,
      "tfjs has no such type of layer",
      "layers that `loam convert --layers` lists, or the whole as a graph model (tensorflowjs_converter --output_format=tfjs_graph_model), which has the layer's operations",
    );
}

/** What it has no numbers of (float16, uint8, a policy) it computes in float32. */
const typesOfTfjs: ReadonlySet<unknown> = new Set(["float32", "int32", "bool", "string", "complex64"]);

/** Changes a layer into one that tfjs reads. @throws UserError naming a layer that it cannot */
export function setReadable(layer: LayerJson): void {
  setType(layer);
  const { config } = layer;
  const policy = isObject(config["dtype"]) ? String(config["dtype"]["class_name"]) : "";
  if (policy.startsWith("Quantized"))
    refuse(layer, "Keras has quantized its weights (model.quantize)", "the float model, as it was before");
  if (config["dtype"] !== undefined && !typesOfTfjs.has(config["dtype"])) config["dtype"] = "float32";
  setTraining(config);
  for (const key of ["activation", "recurrent_activation"])
    if (config[key] !== null && config[key] !== undefined) config[key] = activation(layer, key);
  if (isObject(config["backward_layer"])) setReadable(config["backward_layer"] as LayerJson);
}
