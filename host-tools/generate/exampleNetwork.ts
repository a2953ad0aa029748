import path from "node:path";
import { writePrepared } from "../inference/prepared.js";
import { readModel } from "../inference/readModel.js";
import { exampleNode } from "../node/nodeFolder.js";

/** The example's network, with the prepared table that this engine makes of it. */
export async function exampleNetwork(): Promise<Uint8Array> {
  const { model } = await readModel(path.join(exampleNode.network, "model.tflite"));
  return (await writePrepared(model)).bytes;
}
