import { stat } from "node:fs/promises";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { writeOutputs } from "../lib/outputs.js";
import "./customLayers.js";

interface ModelJson {
  format?: string;
  modelTopology?: object;
  weightsManifest?: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  trainingConfig?: tf.io.TrainingConfig;
  userDefinedMetadata?: Record<string, never>;
}

const bytesPerElement: Record<string, number> = { float32: 4, int32: 4, bool: 1, complex64: 8, float16: 2, uint8: 1, uint16: 2 };

function weightBytes({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number {
  return shape.reduce((product, n) => product * n, 1) * (bytesPerElement[quantization?.dtype ?? dtype] ?? 4);
}

async function readJson(file: string): Promise<ModelJson> {
  const text = await readUserFile(file, "the model");
  try {
    return JSON.parse(text.toString("utf8")) as ModelJson;
  } catch (error) {
    throw new UserError(`${file} is not JSON (${(error as Error).message}); expected the model.json of a tfjs LayersModel`);
  }
}

/**
 * Loads a tfjs LayersModel from disk: the path of its model.json, or of the folder that holds it.
 * @throws UserError for a missing or cut-short file, a graph model, or a layer that tfjs does not know.
 */
export async function loadLayersModel(location: string): Promise<tfl.LayersModel> {
  const isFolder = await stat(location).then((found) => found.isDirectory(), () => false);
  const file = isFolder ? path.join(location, "model.json") : location;
  const json = await readJson(file);
  if (json.format === "graph-model") {
    throw new UserError(`${file} is a tfjs graph model; loam converts layers models. Export it with --output_format=tfjs_layers_model, or save it with model.save()`);
  }
  if (!json.modelTopology) throw new UserError(`${file} has no "modelTopology"; expected the model.json of a tfjs LayersModel`);
  const groups = json.weightsManifest ?? [];
  const weightSpecs = groups.flatMap((group) => group.weights);
  const shards: Buffer[] = [];
  for (const group of groups) {
    const parts = await Promise.all(group.paths.map((part) => readUserFile(path.join(path.dirname(file), part), "the weights")));
    const given = parts.reduce((sum, part) => sum + part.length, 0);
    const needed = group.weights.reduce((sum, weight) => sum + weightBytes(weight), 0);
    if (given !== needed) throw new UserError(`${group.paths.join(", ")} beside ${file} should have ${needed} bytes of weights, they have ${given}`);
    shards.push(...parts);
  }
  const all = Buffer.concat(shards);
  const weightData = all.buffer.slice(all.byteOffset, all.byteOffset + all.length) as ArrayBuffer;
  try {
    return await tfl.loadLayersModel({ load: () => Promise.resolve({ modelTopology: json.modelTopology!, weightSpecs, weightData, userDefinedMetadata: json.userDefinedMetadata! }) });
  } catch (error) {
    const unknown = /Unknown layer: (\w+)/.exec((error as Error).message);
    if (unknown) throw new UserError(`${file} has a layer of type ${unknown[1]}, which tfjs does not know; replace it by layers that \`loam convert --layers\` lists`);
    throw new UserError(`tfjs cannot load ${file}: ${(error as Error).message}`);
  }
}

/** Saves as FOLDER/model.json and FOLDER/weights.bin; each file appears whole or not at all. */
export async function saveLayersModel(model: tfl.LayersModel, folder: string): Promise<void> {
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData, userDefinedMetadata }) => {
      const parts = Array.isArray(weightData) ? weightData : [weightData!];
      const weights = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const json = { format: "layers-model", generatedBy: "loam", convertedBy: null, modelTopology, weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }], ...(userDefinedMetadata && { userDefinedMetadata }) };
      await writeOutputs([[path.join(folder, "weights.bin"), weights], [path.join(folder, "model.json"), `${JSON.stringify(json)}\n`]]);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
}
