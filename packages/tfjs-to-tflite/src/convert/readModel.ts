import type * as tfl from "@tensorflow/tfjs-layers";
import { readLayersModel } from "../graph/layersModel.js";
import { isGraphModel, readModelJson, readWeights, type ModelFiles } from "../graph/modelJson.js";
import type { GraphModel, GraphModelJson } from "./graphModel/index.js";

/**
 * Loads a tfjs model of either kind.
 * @throws UserError for a missing or cut-short file, or one that is something else
 */
export async function readModel(files: ModelFiles): Promise<tfl.LayersModel | GraphModel> {
  const json = await readModelJson(files);
  if (!isGraphModel(json)) return readLayersModel(files);
  return { json: json as unknown as GraphModelJson, weights: await readWeights(files, json.weightsManifest!) };
}
