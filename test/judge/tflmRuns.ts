/** What is said of a model for TensorFlow Lite Micro, and whether it runs there. */
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { tensorBytes } from "../../host-tools/inference/graph.js";
import { InferenceError, inferWith, type InferenceSession } from "../../host-tools/inference/index.js";
import { placesOf } from "../../host-tools/inference/places.js";
import { tflmSupport } from "../../host-tools/inference/tflmSupport.js";
import { bytesOf, type Type } from "./tflmModels.js";

export const saidOf = (model: TfliteModel): string[] => tflmSupport(model, placesOf(model));

/** True when it runs, on data of ones; false when TensorFlow Lite Micro refuses it. */
export async function runs(session: InferenceSession, model: TfliteModel): Promise<boolean> {
  const { inputs, tensors } = model.subgraphs[0]!;
  const ones = inputs.map((input) => {
    const type = tensors[input]!.type as Type;
    return bytesOf(type, Array<number>(tensorBytes(tensors[input]!) / bytesOf(type, [1]).length).fill(1));
  });
  try {
    await inferWith(session, writeTflite(model), [ones], { arena: 1 << 20 });
    return true;
  } catch (error) {
    if (error instanceof InferenceError) return false;
    throw error;
  }
}
