import type * as tfl from "@tensorflow/tfjs-layers";
import { layersModelOf } from "../graph/layersModel.js";
import { isGraphModel, parseModelJson, readWeights, type ModelFiles } from "../graph/modelJson.js";
import { openModel } from "../graph/opened.js";
import { kerasKind } from "../keras/kind.js";
import type { GraphModel, GraphModelJson } from "./graphModel/index.js";

/**
 * Loads a tfjs model of either kind, or one of Keras.
 * @throws UserError for a missing or cut-short file, or one that is something else
 */
export async function readModel(given: ModelFiles): Promise<tfl.LayersModel | GraphModel> {
  const opened = await openModel(given);
  const { files, bytes } = opened;
  if (kerasKind(bytes)) return layersModelOf(opened);
  const json = parseModelJson(files.name, bytes);
  if (!isGraphModel(json)) return layersModelOf(opened);
  return { json: json as unknown as GraphModelJson, weights: await readWeights(files, json.weightsManifest!) };
}
