/** `.h5` files of a whole model: the topology in an attribute, weights by the names of layers and weights (keras/src/legacy/saving/legacy_h5_format.py). */
import { UserError } from "../lib/errors.js";
import { parseTopology, type Topology } from "./topology.js";
import { Hdf5, textOf, textsOf, type Variable } from "./hdf5.js";

export interface LegacyModel {
  topology: Topology;
  /** By the names of tfjs: layer/kernel. */
  weights: Variable[];
}

/** @throws UserError when the file has no model, or not all of its weights */
export async function readLegacyModel(file: string, bytes: Uint8Array): Promise<LegacyModel> {
  const hdf5 = await Hdf5.open(file, bytes);
  const { attrs } = hdf5.group;
  const text = textOf(attrs["model_config"]);
  if (text === undefined)
    throw new UserError(
      `${file} has weights without the layers that they belong to, as model.save_weights() writes them; save the whole model: model.save("model.keras")`,
    );
  const topology = {
    model_config: parseTopology(`${file} (model_config)`, text) as object,
    keras_version: attrs["keras_version"],
  };
  const root = hdf5.inside("model_weights") ?? hdf5;
  const weights = textsOf(root.group, "layer_names").flatMap((layer) => {
    const group = root.inside(layer);
    return group
      ? textsOf(group.group, "weight_names").map((name) => ({
          ...group.variable(name),
          name: name.replace(/:\d+$/, ""),
        }))
      : [];
  });
  return { topology, weights };
}
