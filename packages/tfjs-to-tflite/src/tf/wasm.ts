import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
// Brings the gradients of all kernels.
import "@tensorflow/tfjs-layers";
import { registerBatchNorm } from "./kernels/batchnorm.js";
import { registerConv } from "./kernels/conv.js";
import { registerDepthwise } from "./kernels/depthwise.js";
import { registerMatmul } from "./kernels/matmul.js";

/** Of its .wasm files: the folder, a path or an address with the last slash; or the address of each, by its name. */
export type WasmPlace = string | Readonly<Record<string, string>>;

/**
 * Starts tfjs's wasm backend, with the kernels that it lacks.
 * @returns whether it could be started
 */
export async function startWasm(place: WasmPlace): Promise<boolean> {
  setWasmPaths(place);
  registerMatmul();
  registerConv();
  registerDepthwise();
  registerBatchNorm();
  return tf.setBackend("wasm");
}
