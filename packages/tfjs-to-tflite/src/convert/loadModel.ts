import type * as tfl from "@tensorflow/tfjs-layers";
import { loadLayersModel } from "../graph/modelFiles.js";
import { isGraphModel, readModelJson, readWeights } from "../graph/modelJson.js";
import type { GraphModel, GraphModelJson } from "./graphModel/index.js";

/**
 * Loads a tfjs model from disk, of either kind: the path of its model.json, or of the folder that holds it.
 * @throws UserError for a missing or cut-short file, or one that is something else
 */
export async function loadModel(location: string): Promise<tfl.LayersModel | GraphModel> {
  const { file, json } = await readModelJson(location);
  if (!isGraphModel(json)) return loadLayersModel(location);
  return { json: json as unknown as GraphModelJson, weights: await readWeights(file, json.weightsManifest!) };
}
