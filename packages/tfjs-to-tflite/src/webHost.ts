/** What the library runs on in a browser. */
import { filesGiven, filesOnHost, type GivenFile } from "./graph/webFiles.js";
import type { Host } from "./library.js";
import type { WasmPlace } from "./tf/wasm.js";
import { startWebBackend } from "./tf/webBackend.js";

let wasm: WasmPlace | undefined;

/** @param place the address of the folder with the .wasm files of @tensorflow/tfjs-backend-wasm, or of each by its name: from then on models run on them, which is much faster than plain JavaScript */
export function useWasm(place: WasmPlace): void {
  wasm = place;
}

const isAddress = (given: unknown): given is string | URL => typeof given === "string" || given instanceof URL;

export const webHost: Host<string | URL | Iterable<GivenFile>> = {
  isPlace: (given): given is string | URL | Iterable<GivenFile> =>
    isAddress(given) || (typeof given === "object" && given !== null && Symbol.iterator in given),
  files: (place) => (isAddress(place) ? filesOnHost(place) : filesGiven(place)),
  start: () => startWebBackend(wasm),
};
