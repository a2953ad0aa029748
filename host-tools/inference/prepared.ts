import { execa } from "execa";
import { writeTflite } from "../graph/tflite.js";
import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "../tflite/index.js";
import { withMetadata } from "./metadata.js";
import { planProgram } from "./programs.js";

/** The metadata in which micro finds the table, see native/inference/micro/microPrepare.c. */
export const preparedName = "LOAM_PREPARED";

/** What the engine would make at load of a file; empty when it refuses it. */
async function tableOf(file: Uint8Array): Promise<Uint8Array> {
  const { stdout, failed, signal } = await execa(await planProgram(), ["prepared"], {
    input: file,
    encoding: "buffer",
    reject: false,
  });
  if (failed) throw new UserError(`the micro engine's planner ended (${signal ?? "out of memory"})`);
  return stdout;
}

/**
 * The file of a model with micro's prepared table in it: decoded operators, folded weights and scales, which the engine then uses in place instead
 * of computing them at each invoke. The other backends pass over it, as micro does when it is not exactly what it would make of the model itself.
 * @returns the bytes of the .tflite, without a table when the engine refuses the model, and the bytes of the table
 */
export async function writePrepared(model: TfliteModel): Promise<{ bytes: Uint8Array; table: number }> {
  const plain = writeTflite(model);
  const { length } = await tableOf(plain);
  if (length === 0) return { bytes: plain, table: 0 };
  // The table has positions in the file, which depend on its length only.
  const table = await tableOf(writeTflite(withMetadata(model, preparedName, new Uint8Array(length))));
  return { bytes: writeTflite(withMetadata(model, preparedName, table)), table: table.length };
}
