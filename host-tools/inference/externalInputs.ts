/** Inputs that are not in the arena but in memory of the caller's: inferenceLoadExternal in native/inference/backend.h. */
import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs } from "./graph.js";

/** inferenceMaxExternal */
const mostExternal = 3;

/** A bit for each of the inputs. */
export const externalBits = (external: readonly number[]): number => external.reduce((bits, i) => bits | (1 << i), 0);

/** @throws UserError for an input that the model does not have, or that cannot be external */
export function checkExternal(model: TfliteModel, external: readonly number[]): void {
  const { length } = allSubgraphs(model)[0].inputs;
  const wrong = external.find((i) => i >= Math.min(length, mostExternal));
  if (wrong === undefined) return;
  throw new UserError(
    wrong >= length
      ? `there is no input ${wrong} to be external: the model has ${length}, counted from 0`
      : `input ${wrong} cannot be external: only the first ${mostExternal} can, 0 to ${mostExternal - 1}`,
  );
}
