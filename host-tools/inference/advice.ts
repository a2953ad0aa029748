import { MissingTool, UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { supportOf } from "./support.js";

/**
 * What a backend says of a model, and what helps where micro refuses it for what it is: the lines that `loam inspect` ends with, such as the command that makes it int8.
 * @returns the error's message where there is nothing to add
 */
export async function withAdvice(error: UserError, model: TfliteModel, bytes: Uint8Array): Promise<string> {
  // What is missing here, or is no model at all, is said already.
  if (error instanceof MissingTool) return error.message;
  const { advice } = await supportOf(bytes, model).catch(() => ({ advice: [] }));
  return [error.message, ...advice].join("\n  ");
}
