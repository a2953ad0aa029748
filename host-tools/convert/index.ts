/** Conversion for loam's own engine, by the package tfjs-to-tflite, which knows no engine. */
import type * as tfl from "@tensorflow/tfjs-layers";
import * as converter from "tfjs-to-tflite/convert/index.js";
import type { GraphModel } from "tfjs-to-tflite/convert/graphModel/index.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { checkExternal } from "../inference/externalInputs.js";
import { withNode } from "../inference/nodeMetadata.js";
import { fitModel } from "../inference/pieces.js";
import { planModel } from "../inference/planner.js";
import { UserError } from "../lib/errors.js";
import type { NetworkNode } from "../node/networkNode.js";
import { writePrepared } from "../inference/prepared.js";
import { orderChannels } from "./orderChannels.js";

export { graphOf, type Summary } from "tfjs-to-tflite/convert/index.js";

export interface ConvertOptions extends Omit<converter.ConvertOptions, "write"> {
  /** Bytes of arena that an int8 model may take with micro; it comes in pieces where it would take more. */
  arena?: number;
  /** With `arena`: the inputs that are not in it, by number. Default none. */
  externalInputs?: readonly number[];
  /** The node that the model is for, which goes into the file. */
  node?: NetworkNode | undefined;
  /** Whether an int8 model has micro's prepared table in its file. Default true. */
  table?: boolean;
}

export interface Conversion extends converter.Conversion {
  /** Bytes of micro's prepared table in the file: 0 without one, which micro refuses to make of a model that it does not run. */
  table: number;
}

/** What TensorFlow Lite Micro's kernels take from the arena is not known of all of them in float32: a mixed model may go without a plan. */
function planned(model: TfliteModel, isMixed: boolean): TfliteModel {
  try {
    return planModel(model);
  } catch (error) {
    if (isMixed && error instanceof UserError) return model;
    throw error;
  }
}

async function fitted(
  given: TfliteModel,
  { arena, externalInputs = [], mixed = false }: ConvertOptions,
): Promise<TfliteModel> {
  checkExternal(given, externalInputs);
  const whole = orderChannels(given);
  return planned(arena ? (await fitModel(whole, arena, externalInputs)).model : whole, mixed);
}

/** As the package's convertModel, with the order of channels that suits micro, a plan for TensorFlow Lite Micro and micro's prepared table in an int8 model. @throws UserError with the least arena, too, when `arena` is less; MissingTool without a C compiler, unless `table` is false */
export async function convertModel(model: tfl.LayersModel | GraphModel, options: ConvertOptions): Promise<Conversion> {
  let table = 0;
  const write = async (whole: TfliteModel): Promise<Uint8Array> => {
    const plain = await fitted(whole, options);
    const file = options.node ? withNode(plain, options.node) : plain;
    if (options.table === false) return writeTflite(file);
    const written = await writePrepared(file);
    table = written.table;
    return written.bytes;
  };
  const conversion = await converter.convertModel(model, { ...options, write });
  return { ...conversion, table };
}
