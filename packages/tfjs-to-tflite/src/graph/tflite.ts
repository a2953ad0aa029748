/** .tflite files with the options of the operators that loam knows. */
import { OptionTables, readTfliteWith, writeTfliteWith, type TfliteModel } from "../tflite/index.js";
import { builtins, operators } from "./operators/index.js";
import { tflmOptions } from "./tflmOperators.js";

const tables = new OptionTables([
  ...builtins.flatMap((name) => {
    const { options } = operators[name];
    return options === "none" ? [] : [options];
  }),
  ...tflmOptions,
]);

/** @throws UserError when the bytes are not a .tflite, or are truncated. Indices of tensors and buffers are not checked. */
export const readTflite = (bytes: Uint8Array): TfliteModel => readTfliteWith(tables, bytes);

/** @returns the bytes of a .tflite (schema version 3, identifier TFL3). Equal models give equal bytes. */
export const writeTflite = (model: TfliteModel): Uint8Array => writeTfliteWith(tables, model);
