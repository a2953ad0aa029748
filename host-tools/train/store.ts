import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { encodeNormalizer } from "../../device/normalizer.js";
import type { Predictor } from "../cloud/cloud.js";
import { loadLayersModel, saveLayersModel } from "../convert/modelFiles.js";
import { writeFileAtomic } from "../lib/files.js";
import { startBackend } from "./backend.js";
import type { Normalizer } from "./examples.js";
import { predict } from "./predict.js";

/** Writes FOLDER/float/model.json and weights.bin, and FOLDER/normalizer.bin, which belongs to every form of the network. */
export async function saveTrained(folder: string, model: tfl.LayersModel, normalizer: Normalizer): Promise<void> {
  await saveLayersModel(model, path.join(folder, "float"));
  await writeFileAtomic(path.join(folder, "normalizer.bin"), encodeNormalizer(normalizer.mean, normalizer.deviation));
}

/** The float network of a folder or model.json, for the cloud: normalized windows in, probabilities out. @throws UserError when it cannot be loaded */
export async function loadFloatModel(location: string): Promise<Predictor> {
  await startBackend();
  const model = await loadLayersModel(location);
  return (window) => predict(model, window, 1);
}
