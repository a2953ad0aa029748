import * as tf from "@tensorflow/tfjs-core";
// In plain JavaScript: there in every browser.
import "@tensorflow/tfjs-backend-cpu";
import { UserError } from "../lib/errors.js";
import { registerDilatedGradients } from "./kernels/dilated.js";
import { startWasm, type WasmPlace } from "./wasm.js";

/**
 * Makes tfjs ready on a page.
 * @param wasm where the .wasm files of @tensorflow/tfjs-backend-wasm are; default: the backend that the page has set, else plain JavaScript, which is slow
 * @throws UserError when the .wasm files are not there
 */
export async function startWebBackend(wasm?: WasmPlace): Promise<void> {
  registerDilatedGradients();
  if (wasm === undefined) {
    if (!tf.getBackend()) await tf.setBackend("cpu");
  } else if (tf.getBackend() !== "wasm" && !(await startWasm(wasm)))
    throw new UserError(
      `tfjs's wasm backend does not start from ${typeof wasm === "string" ? wasm : "the given files"}: the address of a folder is expected, ending in a slash, with the .wasm files of @tensorflow/tfjs-backend-wasm/dist`,
    );
  await tf.ready();
}
