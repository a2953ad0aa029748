/**
 * `.keras` files: a zip archive of config.json, metadata.json and model.weights.h5, whose groups go by the types of the layers, not by their names
 * (keras/src/saving/saving_lib.py).
 */
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import { readZipped } from "../lib/zip.js";
import { isContainer, wrappedLayers, type Layer } from "../tf/layerGraph.js";
import { parseTopology, type Topology } from "./topology.js";
import { Hdf5, type Variable } from "./hdf5.js";

interface LayerConfig {
  class_name: string;
  name?: string;
  config: { name?: string; layers?: LayerConfig[] };
}

/** As Keras's naming.to_snake_case. */
const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** The group of each layer: its type, with a number from the second of that type on. */
function groupNames(layers: readonly LayerConfig[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ class_name: type }) => {
    const name = snakeCase(type);
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    return before === 0 ? name : `${name}_${before}`;
  });
}

const shapesOf = (list: readonly { shape: readonly (number | null)[] }[]): string =>
  list.length === 0 ? "none" : list.map(({ shape }) => `[${shape.join(", ")}]`).join(", ");

function setWeights(file: string, layer: Layer, given: readonly Variable[]): void {
  const fits =
    given.length === layer.weights.length &&
    layer.weights.every(({ shape }, i) => shape.join() === given[i]!.shape.join());
  if (!fits)
    throw new UserError(
      `${file}: layer "${layer.name}" (${layer.getClassName()}) has weights of the shapes ${shapesOf(layer.weights)}, the file has ${shapesOf(given)}`,
    );
  const tensors = given.map(({ data, shape }) => tf.tensor(data, shape, "float32"));
  layer.setWeights(tensors);
  tensors.forEach((tensor) => tensor.dispose());
}

class Weights {
  constructor(
    readonly file: string,
    readonly hdf5: Hdf5,
  ) {}

  /** Recurrent layers have their weights in a cell. */
  #own(path: string): Variable[] {
    return [...this.hdf5.variables(`${path}/vars`), ...this.hdf5.variables(`${path}/cell/vars`)];
  }

  /** @param config of the layer, in whose order the groups are; tfjs may have its layers in another one */
  into(layer: Layer, config: LayerConfig["config"], path: string): void {
    const wrapped = wrappedLayers(layer);
    if (isContainer(layer)) this.intoAll(layer.layers, config.layers ?? [], path);
    else if (wrapped.length === 2) {
      this.into(wrapped[0]!, {}, `${path}/forward_layer`);
      this.into(wrapped[1]!, {}, `${path}/backward_layer`);
    } else if (wrapped.length === 1) {
      const inner = (config as { layer?: LayerConfig }).layer;
      this.into(wrapped[0]!, inner?.config ?? {}, `${path}/layer`);
    } else if (layer.weights.length > 0) setWeights(this.file, layer, this.#own(path));
  }

  intoAll(layers: readonly Layer[], configs: readonly LayerConfig[], path: string): void {
    const inside = (name: string): string => (path === "" ? name : `${path}/${name}`);
    // Before Keras 3 (TensorFlow 2.12 to 2.15) the group had another name.
    const place = [inside("layers"), inside("_layer_checkpoint_dependencies")].find((name) => this.hdf5.inside(name));
    if (place === undefined)
      throw new UserError(`${this.file} has no weights of layers in "${path || "/"}"; is it whole?`);
    const names = groupNames(configs);
    for (const [i, { name, config }] of configs.entries()) {
      const layer = layers.find((each) => each.name === (config.name ?? name));
      if (layer) this.into(layer, config, `${place}/${names[i]}`);
    }
  }
}

function part(file: string, bytes: Uint8Array, name: string): Uint8Array {
  let found: Uint8Array | undefined;
  try {
    found = readZipped(bytes, name);
  } catch (error) {
    throw new UserError(
      `${file}: ${name} cannot be unpacked, ${(error as Error).message}; expected a .keras file, as model.save() of Keras writes it`,
    );
  }
  if (!found)
    throw new UserError(
      `${file} is a zip archive without ${name}; expected a .keras file, as model.save() of Keras writes it`,
    );
  return found;
}

export interface KerasArchive {
  topology: Topology;
  /** Sets the weights of the model that was made of the topology. */
  setWeights(model: tfl.LayersModel): void;
}

/** @throws UserError when the archive is no .keras file */
export async function readKerasArchive(file: string, bytes: Uint8Array): Promise<KerasArchive> {
  const json = (name: string): unknown =>
    parseTopology(`${file} (${name})`, new TextDecoder().decode(part(file, bytes, name)));
  const config = json("config.json") as LayerConfig & Topology;
  const { keras_version: version } = json("metadata.json") as { keras_version?: unknown };
  const hdf5 = await Hdf5.open(`${file} (model.weights.h5)`, part(file, bytes, "model.weights.h5"));
  return {
    // A copy: what reads the topology changes it.
    topology: { ...structuredClone(config), keras_version: version },
    setWeights: (model) => new Weights(file, hdf5).intoAll(model.layers, config.config.layers ?? [], ""),
  };
}
