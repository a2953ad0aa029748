import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { latin1 } from "tfjs-to-tflite/lib/bytes.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { whatItIs } from "./otherFiles.js";

/** Reads a model that the user named. @throws UserError naming the file, also for one that is not a .tflite, and what it is where that is known */
export async function readModel(file: string): Promise<{ bytes: Buffer; model: TfliteModel }> {
  const bytes = await readUserFile(file, "the model");
  const other = latin1(bytes, 4, 8) === "TFL3" ? undefined : whatItIs(file, bytes);
  if (other !== undefined) throw new UserError(`${file} is ${other}`);
  try {
    return { bytes, model: readTflite(bytes) };
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
}
