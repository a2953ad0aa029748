/** What the library runs on under Node. */
import * as tf from "@tensorflow/tfjs-core";
import { modelFiles } from "./graph/modelFiles.js";
import type { Host } from "./library.js";
import { startBackend } from "./tf/backend.js";

export const nodeHost: Host<string | URL> = {
  isPlace: (given) => typeof given === "string" || given instanceof URL,
  files: modelFiles,
  async start() {
    await startBackend("wasm");
    // Also when the caller has set another one since.
    if (tf.getBackend() !== "wasm") await tf.setBackend("wasm");
  },
};
