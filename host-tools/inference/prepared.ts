import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { askPlanner } from "./askPlanner.js";
import { withMetadata, withoutMetadata } from "./metadata.js";

/** The metadata of the table, see native/inference/micro/microPrepare.c; micro finds it by its place, the model's last buffer. */
export const preparedName = "LOAM_PREPARED";

/** What the engine makes of a file, with the right checksum where the file has a table of that length; empty when it refuses it. */
const tableOf = (file: Uint8Array): Promise<Uint8Array> => askPlanner([file], "prepared");

/** The file of a model without a prepared table, whether it had one or not. */
export const writeWithoutTable = (model: TfliteModel): Uint8Array => writeTflite(withoutMetadata(model, preparedName));

/**
 * The file of a model with micro's prepared table in it: the order in which its buffers are placed, decoded operators, folded weights and scales, which the engine then uses in place instead
 * of computing them at load and at each invoke. The other backends pass over it, as micro does when the file has changed since.
 * @returns the bytes of the .tflite, without a table when the engine refuses the model, and the bytes of the table
 */
export async function writePrepared(model: TfliteModel): Promise<{ bytes: Uint8Array; table: number }> {
  // Without an older table, whose order would be taken instead of looked for.
  const plain = writeWithoutTable(model);
  const { length } = await tableOf(plain);
  if (length === 0) return { bytes: plain, table: 0 };
  const withTable = (table: Uint8Array): Uint8Array => writeTflite(withMetadata(model, preparedName, table, true));
  // The table has positions in the file, which depend on its length only.
  const table = await tableOf(withTable(new Uint8Array(length)));
  return { bytes: withTable(table), table: table.length };
}
