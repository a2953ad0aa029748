/** tfjs-to-tflite on a page: models are loaded ones, addresses, or files that the page was given. */
import { filesGiven, filesOnHost, type GivenFile } from "./graph/webFiles.js";
import { libraryOn } from "./library.js";
import type { WasmPlace } from "./tf/wasm.js";
import { startWebBackend } from "./tf/webBackend.js";

export { cArray } from "./convert/cArray.js";
export { filesGiven } from "./graph/webFiles.js";
export { UserError } from "./lib/errors.js";
export type * from "./library.js";
export type { Agreement } from "./convert/agreement.js";
export type { GraphModel } from "./convert/graphModel/index.js";
export type { ModelInput } from "./convert/modelInputs.js";
export type { PruneOptions, PruneReport } from "./pruning.js";

let wasm: WasmPlace | undefined;

/** @param place the address of the folder with the .wasm files of @tensorflow/tfjs-backend-wasm, or of each by its name: from then on models run on them, which is much faster than plain JavaScript */
export function useWasm(place: WasmPlace): void {
  wasm = place;
}

const isAddress = (given: unknown): given is string | URL => typeof given === "string" || given instanceof URL;

export const { convert, inputsOf, quantize, prune } = libraryOn<string | URL | Iterable<GivenFile>>({
  isPlace: (given): given is string | URL | Iterable<GivenFile> =>
    isAddress(given) || (typeof given === "object" && given !== null && Symbol.iterator in given),
  files: (place) => (isAddress(place) ? filesOnHost(place) : filesGiven(place)),
  start: () => startWebBackend(wasm),
});
