/** tfjs-to-tflite under Node: models are loaded ones, folders, paths of a model.json, or addresses. */
import * as tf from "@tensorflow/tfjs-core";
import { modelFiles } from "./graph/modelFiles.js";
import { readArrayFile } from "./graph/arrayFile.js";
import { libraryOn, type ArraySamples } from "./library.js";
import { startBackend } from "./tf/backend.js";

export { cArray } from "./convert/cArray.js";
export { modelFiles, saveLayersModel } from "./graph/modelFiles.js";
export { filesGiven } from "./graph/webFiles.js";
export { UserError } from "./lib/errors.js";
export type * from "./library.js";
export type { Agreement } from "./convert/agreement.js";
export type { GraphModel } from "./convert/graphModel/index.js";
export type { ModelInput } from "./convert/modelInputs.js";
export type { PruneOptions, PruneReport } from "./pruning.js";

/** Samples from files, one per input: .npy, .json (nested lists), .csv (one sample per row) or raw little-endian float32. */
export const readSamples = (...files: string[]): Promise<ArraySamples[]> => Promise.all(files.map(readArrayFile));

export const { convert, inputsOf, quantize, prune } = libraryOn<string | URL>({
  isPlace: (given) => typeof given === "string" || given instanceof URL,
  files: modelFiles,
  async start() {
    await startBackend("wasm");
    // Also when the caller has set another one since.
    if (tf.getBackend() !== "wasm") await tf.setBackend("wasm");
  },
});
