import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";

/** Reads a model that the user named. @throws UserError naming the file, also for one that is not a .tflite */
export async function readModel(file: string): Promise<{ bytes: Buffer; model: TfliteModel }> {
  const bytes = await readUserFile(file, "the model");
  try {
    return { bytes, model: readTflite(bytes) };
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
}
