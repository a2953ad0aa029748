/** tfjs-to-tflite under Node: models are loaded ones, folders, paths of a model.json, or addresses. */
import { openArrayFile, readArrayFile } from "./graph/arrayFile.js";
import type { ArraySource } from "./graph/arraySource.js";
import { libraryWords } from "./lib/optionWords.js";
import { libraryOn, type ArraySamples } from "./library.js";
import { nodeHost } from "./nodeHost.js";

export { cArray } from "./convert/cArray.js";
export { modelFiles, saveLayersModel } from "./graph/modelFiles.js";
export { filesGiven } from "./graph/webFiles.js";
export { UserError } from "./lib/errors.js";
export type { ArraySource } from "./graph/arraySource.js";
export type * from "./library.js";
export type { Agreement } from "./convert/agreement.js";
export type { GraphModel } from "./convert/graphModel/index.js";
export type { ModelInput } from "./convert/modelInputs.js";
export type { PruneOptions, PruneReport } from "./pruning.js";

/** Samples from files, one per input: .npy, .json (nested lists), .csv (one sample per row) or raw little-endian float32. */
export const readSamples = (...files: string[]): Promise<ArraySamples[]> => Promise.all(files.map(readArrayFile));

/** The same of files that need not fit into memory: their numbers are read when they are needed. Of text (.json, .csv) at most 64 MB, which is read at once. */
export const openSamples = (...files: string[]): Promise<ArraySource[]> => Promise.all(files.map(openArrayFile));

export const { convert, inputsOf, quantize, prune } = libraryOn(nodeHost, libraryWords);
