/** Models on disk and at addresses, under Node. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type * as tfl from "@tensorflow/tfjs-layers";
import { joined } from "../lib/bytes.js";
import { UserError } from "../lib/errors.js";
import { jsonKind, rawKind } from "../lib/fileKinds.js";
import { readUserFile } from "../lib/files.js";
import { writeOutputs } from "../lib/outputs.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { isWholeFile } from "../keras/kind.js";
import { registerCustomLayers } from "../tf/customLayers.js";
import { readLayersModel } from "./layersModel.js";
import { readModelJson, type ModelFiles } from "./modelJson.js";
import { filesOnHost } from "./webFiles.js";

/** The path of model.json, or of the only file of a Keras model, given the file or its folder. */
async function modelFile(location: string): Promise<string> {
  const isFolder = await stat(location).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return location;
  const names = await readdir(location);
  if (names.includes("saved_model.pb"))
    throw new UserError(
      `${location} is a TensorFlow SavedModel; save the Keras model that it was made of with model.save("model.keras"), which is read as it is`,
    );
  const keras = names.filter(isWholeFile);
  if (keras.length === 1 && !names.includes("model.json")) return path.join(location, keras[0]!);
  const manifest = names.find((name) => name.endsWith("weights_manifest.json"));
  return path.join(location, names.includes("model.json") ? "model.json" : (manifest ?? "model.json"));
}

async function filesOnDisk(location: string): Promise<ModelFiles> {
  const name = await modelFile(location);
  const folder = path.dirname(name);
  return {
    name,
    read: (part) =>
      part === undefined ? readUserFile(name, "the model") : readUserFile(path.join(folder, part), "the weights"),
  };
}

const schemeOf = (place: string): string | undefined => /^([a-z][a-z0-9+.-]+):\/\//i.exec(place)?.[1]!.toLowerCase();

/** Whether a model is named by an address on a host. */
export const isAddress = (place: string): boolean => ["http", "https"].includes(schemeOf(place) ?? "");

/**
 * The files of a model.
 * @param place the path of its model.json or only file, or of the folder that holds it, or the address of one: https, http or file
 * @throws UserError for an address of another kind, and for a folder of TensorFlow
 */
export async function modelFiles(place: string | URL): Promise<ModelFiles> {
  const location = String(place);
  const scheme = schemeOf(location);
  if (scheme === undefined) return filesOnDisk(location);
  if (scheme === "file") return filesOnDisk(fileURLToPath(location));
  if (!isAddress(location))
    throw new UserError(`${location}: models are fetched from addresses with https: or http:, not ${scheme}:`);
  return filesOnHost(location);
}

/**
 * Loads a tfjs LayersModel by the path of its model.json, or of the folder that holds it, or by an address.
 * @throws UserError for a missing or cut-short file, a graph model, or a layer that tfjs does not know.
 */
export const loadLayersModel = async (place: string): Promise<tfl.LayersModel> =>
  readLayersModel(await modelFiles(place));

/** All files of a model on disk, its model.json or its only one first, for commands that must not overwrite them; none of a model on a host. */
export async function modelSources(location: string): Promise<string[]> {
  if (schemeOf(location) !== undefined) return [];
  const files = await filesOnDisk(location);
  if (isWholeFile(files.name)) return [files.name];
  const { weightsManifest } = await readModelJson(files);
  const folder = path.dirname(files.name);
  return [files.name, ...weightsManifest!.flatMap(({ paths }) => paths.map((part) => path.join(folder, part)))];
}

const modelJsonKind = jsonKind(
  "a tfjs model",
  ({ modelTopology, format }) => typeof modelTopology === "object" && format !== "graph-model",
);

/** The files that saveLayersModel writes. */
export const savedModelFiles = (folder: string): PlannedFile[] => [
  { file: path.join(folder, "model.json"), kind: modelJsonKind },
  { file: path.join(folder, "weights.bin"), kind: rawKind },
];

/** Saves FOLDER/model.json and FOLDER/weights.bin; each is written atomically. */
export async function saveLayersModel(model: tfl.LayersModel, folder: string): Promise<void> {
  registerCustomLayers();
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData, userDefinedMetadata }) => {
      const parts = Array.isArray(weightData) ? weightData : [weightData!];
      const weights = joined(parts.map((part) => new Uint8Array(part)));
      const json = {
        format: "layers-model",
        generatedBy: "loam",
        convertedBy: null,
        modelTopology,
        weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
        ...(userDefinedMetadata && { userDefinedMetadata }),
      };
      await writeOutputs([
        [path.join(folder, "weights.bin"), weights],
        [path.join(folder, "model.json"), `${JSON.stringify(json)}\n`],
      ]);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
}
