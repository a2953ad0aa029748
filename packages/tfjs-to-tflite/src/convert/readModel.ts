import type * as tfl from "@tensorflow/tfjs-layers";
import { readLayersModel } from "../graph/layersModel.js";
import { isGraphModel, parseModelJson, readWeights, type ModelFiles } from "../graph/modelJson.js";
import { kerasKind } from "../keras/kind.js";
import type { GraphModel, GraphModelJson } from "./graphModel/index.js";

/**
 * Loads a tfjs model of either kind, or one of Keras.
 * @throws UserError for a missing or cut-short file, or one that is something else
 */
export async function readModel(files: ModelFiles): Promise<tfl.LayersModel | GraphModel> {
  const bytes = await files.read();
  // Read once: it may come from a host.
  const known: ModelFiles = { ...files, read: async (part) => (part === undefined ? bytes : files.read(part)) };
  if (kerasKind(bytes)) return readLayersModel(known);
  const json = parseModelJson(files.name, bytes);
  if (!isGraphModel(json)) return readLayersModel(known);
  return { json: json as unknown as GraphModelJson, weights: await readWeights(files, json.weightsManifest!) };
}
