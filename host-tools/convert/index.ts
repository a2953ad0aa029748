/** Conversion for loam's own engine, by the package tfjs-to-tflite, which knows no engine. */
import type * as tfl from "@tensorflow/tfjs-layers";
import * as converter from "tfjs-to-tflite/convert/index.js";
import type { GraphModel } from "tfjs-to-tflite/convert/graphModel/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { checkExternal } from "../inference/externalInputs.js";
import { fitModel } from "../inference/pieces.js";
import { planModel } from "../inference/planner.js";
import { writePrepared } from "../inference/prepared.js";

export { graphOf, type Conversion, type Summary } from "tfjs-to-tflite/convert/index.js";

export interface ConvertOptions extends Omit<converter.ConvertOptions, "write"> {
  /** Bytes of arena that an int8 model may take with micro; it comes in pieces where it would take more, with micro's prepared table. */
  arena?: number;
  /** With `arena`: the inputs that are not in it, by number. Default none. */
  externalInputs?: readonly number[];
}

async function writeFor(whole: TfliteModel, { arena, externalInputs = [] }: ConvertOptions): Promise<Uint8Array> {
  checkExternal(whole, externalInputs);
  if (!arena) return writeTflite(planModel(whole));
  return (await writePrepared(planModel((await fitModel(whole, arena, externalInputs)).model))).bytes;
}

/** As the package's convertModel, with a plan for TensorFlow Lite Micro in an int8 model. @throws UserError with the least arena, too, when `arena` is less */
export const convertModel = (
  model: tfl.LayersModel | GraphModel,
  options: ConvertOptions,
): Promise<converter.Conversion> =>
  converter.convertModel(model, { ...options, write: (whole) => writeFor(whole, options) });
