import * as tf from "@tensorflow/tfjs-core";
import { readArrayFile } from "./arrayFile.js";

/** Samples for convertModel, one file per input. A .npy has a shape, which is checked. */
export async function readSamples(files: readonly string[]): Promise<(tf.Tensor | Float32Array)[]> {
  const arrays = await Promise.all(files.map(readArrayFile));
  return arrays.map(({ data, shape }) => (shape ? tf.tensor(data, shape) : data));
}
