/**
 * Files as Keras writes them, made with the HDF5 library itself: groups as in keras/src/saving/saving_lib.py and keras/src/legacy/saving/legacy_h5_format.py.
 */
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { withZip } from "tfjs-to-tflite/lib/zip.js";
import { hdf5 } from "./hdf5Files.js";

/** A layer with weights, and its group below the root. */
type GroupedLayer = readonly [group: string, layer: tfl.layers.Layer];

const dataOf = (tensor: tf.Tensor) => ({ shape: tensor.shape, data: tensor.dataSync() as Float32Array });
export const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));

/** tfjs writes what Keras 2 does: the same but for the names of classes. */
export const topologyOf = (model: tfl.LayersModel): { class_name: string; config: object } => {
  const { class_name: type, config } = JSON.parse(JSON.stringify(model.toJSON(null, false))) as {
    class_name: string;
    config: object;
  };
  return { class_name: type === "Model" ? "Functional" : type, config };
};

/** model.weights.h5 of a .keras file. @param root "layers" since Keras 3 */
export const weightsFile = (groups: readonly GroupedLayer[], root: string): Promise<Uint8Array> =>
  hdf5(
    groups.flatMap(([group, layer]) =>
      layer.getWeights().map((weight, i) => ({ path: `${root}/${group}/vars/${i}`, ...dataOf(weight) })),
    ),
  );

export async function kerasFile(
  model: tfl.LayersModel,
  groups: readonly GroupedLayer[],
  root = "layers",
): Promise<Uint8Array> {
  return withZip(new Uint8Array(0), [
    { name: "metadata.json", data: text({ keras_version: "2.15.0" }) },
    { name: "config.json", data: text({ module: "keras", ...topologyOf(model) }) },
    { name: "model.weights.h5", data: await weightsFile(groups, root) },
  ]);
}

/** @param old with texts of one size, as h5py before version 3 wrote them @param inPieces the layer whose names of weights are in pieces, as Keras writes lists that are too long for one attribute */
export function h5File(model: tfl.LayersModel, { inPieces = "", old = false } = {}): Promise<Uint8Array> {
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  const nameOf = ({ originalName }: tfl.LayerVariable): string => `${originalName}:0`;
  return hdf5(
    layers.flatMap((layer) =>
      layer.weights.map((weight) => ({
        path: `model_weights/${layer.name}/${nameOf(weight)}`,
        ...dataOf(weight.read()),
      })),
    ),
    {
      "": { model_config: JSON.stringify(topologyOf(model)), keras_version: "2.15.0", backend: "tensorflow" },
      model_weights: { layer_names: model.layers.map(({ name }) => name) },
      ...Object.fromEntries(
        layers.map(({ name, weights }) => [
          `model_weights/${name}`,
          name === inPieces
            ? { weight_names0: weights.slice(0, 4).map(nameOf), weight_names1: weights.slice(4).map(nameOf) }
            : { weight_names: weights.map(nameOf) },
        ]),
      ),
    },
    { old },
  );
}
