import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "../tflite/index.js";

/** The metadata by which TensorFlow Lite Micro takes offsets from the file. */
export const offlinePlanName = "OfflineMemoryAllocation";

/** An offset a tensor, -1 for "plan it yourself". Undefined when the file has no plan. @throws UserError when its length is wrong */
export function readOfflinePlan(model: TfliteModel): number[] | undefined {
  const found = model.metadata.find(({ name }) => name === offlinePlanName);
  if (!found) return undefined;
  const bytes = model.buffers[found.buffer] ?? new Uint8Array();
  const tensors = model.subgraphs.reduce((sum, graph) => sum + graph.tensors.length, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const given = bytes.length >= 12 ? view.getInt32(8, true) : -1;
  if (given !== tensors || bytes.length < 12 + 4 * tensors) throw new UserError(`metadata ${offlinePlanName} is for ${given} tensors in ${bytes.length} bytes, the model has ${tensors} tensors`);
  return Array.from({ length: tensors }, (_, i) => view.getInt32(12 + 4 * i, true));
}

/** The model with a plan in it: version 1, subgraph 0, as many offsets as there are tensors. An older plan is replaced. */
export function writeOfflinePlan(model: TfliteModel, offsets: readonly number[]): TfliteModel {
  const bytes = new Uint8Array(Int32Array.from([1, 0, offsets.length, ...offsets]).buffer);
  const found = model.metadata.find(({ name }) => name === offlinePlanName);
  if (found) return { ...model, buffers: model.buffers.map((old, i) => (i === found.buffer ? bytes : old)) };
  return { ...model, buffers: [...model.buffers, bytes], metadata: [...model.metadata, { name: offlinePlanName, buffer: model.buffers.length }] };
}
