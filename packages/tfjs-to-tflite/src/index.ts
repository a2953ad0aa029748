/** tfjs-to-tflite under Node: models are loaded ones, folders, paths of a model.json, or addresses. */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { filesOnDisk } from "./graph/modelFiles.js";
import type { ModelFiles } from "./graph/modelJson.js";
import { filesOnHost } from "./graph/webFiles.js";
import { readArrayFile } from "./graph/arrayFile.js";
import { libraryOn, type ArraySamples } from "./library.js";
import { startBackend } from "./tf/backend.js";

export { cArray } from "./convert/cArray.js";
export { saveLayersModel } from "./graph/modelFiles.js";
export { filesGiven } from "./graph/webFiles.js";
export { UserError } from "./lib/errors.js";
export type * from "./library.js";
export type { Agreement } from "./convert/agreement.js";
export type { GraphModel } from "./convert/graphModel/index.js";
export type { PruneOptions, PruneReport } from "./pruning.js";

/** @param place the path of a model.json or of its folder, or an address: https, http or file */
export async function modelFiles(place: string | URL): Promise<ModelFiles> {
  if (typeof place === "string") return /^https?:\/\//.test(place) ? filesOnHost(place) : filesOnDisk(place);
  return place.protocol === "file:" ? filesOnDisk(fileURLToPath(place)) : filesOnHost(place);
}

/** Samples from files, one per input: .npy, .json (nested lists), .csv (one sample per row) or raw little-endian float32. */
export const readSamples = (...files: string[]): Promise<ArraySamples[]> => Promise.all(files.map(readArrayFile));

export const { convert, quantize, prune } = libraryOn<string | URL>({
  files: modelFiles,
  async start() {
    await startBackend("wasm");
    // Also when the caller has set another one since.
    if (tf.getBackend() !== "wasm") await tf.setBackend("wasm");
  },
});
