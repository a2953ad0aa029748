/** tfjs-to-tflite on a page: models are loaded ones, addresses, or files that the page was given. */
import { openArray } from "./graph/arrayData.js";
import { bytesOfBlob, type ArraySource, type GivenBlob } from "./graph/arraySource.js";
import { libraryWords } from "./lib/optionWords.js";
import { libraryOn } from "./library.js";
import { webHost } from "./webHost.js";

export { cArray } from "./convert/cArray.js";
export { filesGiven } from "./graph/webFiles.js";
export { UserError } from "./lib/errors.js";
export type { ArraySource } from "./graph/arraySource.js";
export type * from "./library.js";
export type { Agreement } from "./convert/agreement.js";
export type { GraphModel } from "./convert/graphModel/index.js";
export type { ModelInput } from "./convert/modelInputs.js";
export type { PruneOptions, PruneReport } from "./pruning.js";
export { useWasm } from "./webHost.js";

/** Samples of files that the page was given, one per input: .npy, .json (nested lists), .csv (one sample per row) or raw little-endian float32. Their numbers are read when they are needed; of text at most 64 MB, which is read at once. */
export const openSamples = (...files: GivenBlob[]): Promise<ArraySource[]> =>
  Promise.all(files.map((file) => openArray(bytesOfBlob(file))));

export const { convert, inputsOf, quantize, prune } = libraryOn(webHost, libraryWords);
