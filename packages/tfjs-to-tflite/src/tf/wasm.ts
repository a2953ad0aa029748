import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
// Brings the gradients of all kernels.
import "@tensorflow/tfjs-layers";
import { registerBatchNorm } from "./kernels/batchnorm.js";
import { registerConv } from "./kernels/conv.js";
import { registerDepthwise } from "./kernels/depthwise.js";
import { registerMatmul } from "./kernels/matmul.js";

/**
 * Starts tfjs's wasm backend, with the kernels that it lacks.
 * @param folder of its .wasm files, a path or an address with the last slash @returns whether it could be started
 */
export async function startWasm(folder: string): Promise<boolean> {
  setWasmPaths(folder);
  registerMatmul();
  registerConv();
  registerDepthwise();
  registerBatchNorm();
  return tf.setBackend("wasm");
}
