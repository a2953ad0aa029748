/** tfjs-to-tflite on a page: models are loaded ones, addresses, or files that the page was given. */
import { libraryWords } from "./lib/optionWords.js";
import { libraryOn } from "./library.js";
import { webHost } from "./webHost.js";

export { cArray } from "./convert/cArray.js";
export { filesGiven } from "./graph/webFiles.js";
export { UserError } from "./lib/errors.js";
export type * from "./library.js";
export type { Agreement } from "./convert/agreement.js";
export type { GraphModel } from "./convert/graphModel/index.js";
export type { ModelInput } from "./convert/modelInputs.js";
export type { PruneOptions, PruneReport } from "./pruning.js";
export { useWasm } from "./webHost.js";

export const { convert, inputsOf, quantize, prune } = libraryOn(webHost, libraryWords);
