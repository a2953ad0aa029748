import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { registerCustomLayers } from "tfjs-to-tflite/tf/customLayers.js";

/** tfjs's own plain kernels: they know every layer, and the models here are small. */
export async function startPlainBackend(): Promise<void> {
  // The backend's advice to install another one says nothing about these tests.
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
  registerCustomLayers();
}
