import type { Topology } from "../keras/topology.js";
import { isObject, refuse, setReadable, type LayerJson } from "./kerasSettings.js";

/**
 * Keras 3 (TensorFlow 2.16 and later) writes a model.json that differs from the Keras 2 format that tfjs reads in the names of shapes, types,
 * connections and weights. This converts Keras 3 to Keras 2, and refuses options that tfjs silently ignores.
 */

type Json = Record<string, unknown>;
/** A tensor of the model: layer, index of its call, index of the call's output. */
type Reference = [layer: string, call: number, output: number];

const isReference = (value: unknown): value is Reference =>
  Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";

/** The layers of a model, including those of nested models and wrappers. */
function* layersOf(config: unknown): Generator<LayerJson> {
  const layers = isObject(config) ? config["layers"] : config;
  if (!Array.isArray(layers)) return;
  for (const layer of layers as unknown[]) {
    if (!isObject(layer) || !isObject(layer["config"])) continue;
    yield layer as LayerJson;
    yield* layersOf(layer["config"]);
    if (isObject(layer["config"]["layer"])) yield* layersOf([layer["config"]["layer"]]);
  }
}

/** Unwraps values that Keras 3 serializes as objects: tuples, dtype policies (mixed ones compute in float32 here), functions by name. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isObject(value)) return value;
  const { class_name: className, config } = value;
  if (className === "__tuple__") return unwrap(value["items"]);
  // Quantized ones are refused below, by their layer's name.
  if (typeof className === "string" && /^(?:Mixed)?DTypePolicy$/.test(className) && isObject(config))
    return String(config["name"]).includes("float") ? "float32" : config["name"];
  if (className === "function" && typeof config === "string") return config;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unwrap(each)]));
}

/** All tensors in a call's arguments, in order. */
function references(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  const { class_name: className, config } = value;
  if (className === "__keras_tensor__" && isObject(config) && isReference(config["keras_history"]))
    return [config["keras_history"]];
  return Object.values(value).flatMap(references);
}

function reviseLayer(layer: LayerJson): void {
  const { config } = layer;
  if (config["batch_shape"] !== undefined) config["batch_input_shape"] ??= config["batch_shape"];
  delete config["batch_shape"];
  if (layer.class_name === "LeakyReLU" && config["negative_slope"] !== undefined)
    config["alpha"] ??= config["negative_slope"];
  if (layer.inbound_nodes)
    layer.inbound_nodes = layer.inbound_nodes.map((call) =>
      isObject(call) && call["args"] !== undefined
        ? references([call["args"], call["kwargs"]]).map((reference) => [...reference, {}])
        : call,
    );
  // A list with a single input or output is stored as that element.
  for (const ends of ["input_layers", "output_layers"]) if (isReference(config[ends])) config[ends] = [config[ends]];
  // Keras 2: max(0, min(1, 0.2 x + 0.5)), which tfjs computes; Keras 3: x / 6 + 0.5.
  if (config["activation"] === "hard_sigmoid" || config["recurrent_activation"] === "hard_sigmoid")
    refuse(
      layer,
      "the hard_sigmoid of Keras 3 has another slope than that of tfjs",
      "sigmoid, or a ReLU(6) between two Rescaling layers",
    );
}

/** Refuses options that tfjs ignores, where they change the result. */
function checkOptions(layer: LayerJson): void {
  const { class_name: className, config } = layer;
  if (className === "ReLU" && Number(config["negative_slope"] ?? 0) !== 0)
    refuse(layer, `negative_slope ${String(config["negative_slope"])}, which tfjs ignores`, "LeakyReLU");
  if (className === "ReLU" && Number(config["threshold"] ?? 0) !== 0)
    refuse(layer, `threshold ${String(config["threshold"])}, which tfjs ignores`, "threshold 0");
  if (Number(config["groups"] ?? 1) !== 1)
    refuse(
      layer,
      `${String(config["groups"])} groups, which tfjs ignores`,
      "DepthwiseConv2D, or a convolution for each group and Concatenate",
    );
  if (config["keepdims"] === true)
    refuse(layer, "keepdims, which tfjs leaves out", "keepdims=False and a Reshape layer behind it");
}

const modelOf = (topology: Topology): Topology => topology.model_config ?? topology;
const isKeras3 = ({ keras_version: version }: Topology, rest: string): boolean =>
  /^[3-9]\./.test(String(version)) || rest.includes('"batch_shape"') || rest.includes("__keras_tensor__");

/** A model's layers by name. Layers inside wrappers are omitted: a wrapper's weights carry the wrapper's name. */
function typesOf(model: Topology): Map<string, string> {
  const layers = [...layersOf(model.config)];
  const wrapped = new Set(layers.map(({ config }) => config["layer"]));
  return new Map(
    layers
      .filter((layer) => !wrapped.has(layer))
      .map(({ class_name: type, config, name }) => [String((config["name"] as string | undefined) ?? name), type]),
  );
}

/**
 * A topology that tfjs can read, and its names of weights: Keras 3 prefixes the model's name (sequential/dense/kernel), tfjs starts with the layer's.
 * @throws UserError naming a layer with options that tfjs would ignore
 */
export function readableTopology(given: Topology): { topology: Topology; weightName: (name: string) => string } {
  const old = !isKeras3(given, JSON.stringify(modelOf(given)));
  const topology = (old ? given : unwrap(given)) as Topology;
  const model = modelOf(topology);
  if (!old)
    for (const layer of [{ class_name: "Functional", config: model.config as Json }, ...layersOf(model.config)])
      if (isObject(layer.config)) reviseLayer(layer);
  for (const layer of layersOf(model.config)) {
    setReadable(layer);
    checkOptions(layer);
  }
  if (old) return { topology, weightName: (name) => name };
  const types = typesOf(model);
  return {
    topology,
    weightName(name) {
      const parts = name.split("/");
      const at = Math.max(
        0,
        parts.slice(0, -1).findLastIndex((part) => types.has(part)),
      );
      const [layer, ...rest] = parts.slice(at);
      // Keras 3 calls the filters of a depthwise convolution its kernel.
      const role = types.get(layer!) === "DepthwiseConv2D" && rest.join("/") === "kernel" ? ["depthwise_kernel"] : rest;
      return [layer, ...role].join("/");
    },
  };
}
