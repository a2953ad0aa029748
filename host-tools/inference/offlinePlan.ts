import { tflmRules } from "tfjs-to-tflite/graph/operators/index.js";
import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { lifetimes, onlySubgraph, operatorNames } from "./graph.js";
import { withMetadata } from "./metadata.js";

/** The metadata by which TensorFlow Lite Micro takes offsets from the file. */
export const offlinePlanName = "OfflineMemoryAllocation";

const alignment = 16;
const largest = 0x7fffffff;

const invalid = (what: string): UserError => new UserError(`metadata ${offlinePlanName}: ${what}`);

/** No two live tensors may overlap, except input and output of a reshaping operator in place. */
function checkPlaces(model: TfliteModel, offsets: readonly number[]): void {
  const graph = onlySubgraph(model);
  const names = operatorNames(model, graph);
  const placed = lifetimes(model, graph).flatMap((life) => {
    const at = offsets[life.tensor]!;
    return at < 0 ? [] : [{ ...life, at, end: at + Math.ceil(life.bytes / alignment) * alignment }];
  });
  for (const [i, a] of placed.entries()) {
    if (a.end > largest) throw invalid(`tensor ${a.tensor} at ${a.at} ends past 2 GiB`);
    for (const b of placed.slice(0, i)) {
      if (a.first > b.last || b.first > a.last || a.end <= b.at || b.end <= a.at) continue;
      const [early, late] = a.first < b.first ? [a, b] : [b, a];
      const maker = graph.operators[late.first - 1];
      if (
        a.at === b.at &&
        a.end === b.end &&
        early.last === late.first &&
        maker?.inputs[0] === early.tensor &&
        maker.outputs[0] === late.tensor &&
        tflmRules(names[late.first - 1]!)?.inPlace
      )
        continue;
      throw invalid(`tensors ${b.tensor} and ${a.tensor} overlap while both are needed`);
    }
  }
}

/**
 * One offset per tensor, -1 for "not planned". Undefined when the file has no plan.
 * @throws UserError for a plan that the tflm backend refuses (native/inference/tflm/tflmPlan.h): another version or count, offsets that are
 * negative or misaligned, tensors on top of each other
 */
export function readOfflinePlan(model: TfliteModel): number[] | undefined {
  // TensorFlow Lite Micro goes through all metadata: the last counts.
  const found = model.metadata.findLast(({ name }) => name === offlinePlanName);
  if (!found) return undefined;
  const bytes = model.buffers[found.buffer] ?? new Uint8Array();
  const count = onlySubgraph(model).tensors.length;
  if (bytes.length < 12 + 4 * count) throw invalid(`${bytes.length} bytes, ${12 + 4 * count} expected`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, subgraph, given] = [0, 4, 8].map((at) => view.getInt32(at, true));
  if (given !== count) throw invalid(`for ${given} tensors, the model has ${count}`);
  if (version !== 1 || subgraph !== 0) throw invalid(`version ${version} for subgraph ${subgraph}, 1 and 0 expected`);
  const offsets = Array.from({ length: count }, (_, i) => view.getInt32(12 + 4 * i, true));
  const misaligned = offsets.findIndex((offset) => offset < -1 || (offset > 0 && offset % alignment !== 0));
  if (misaligned >= 0)
    throw invalid(`tensor ${misaligned} at ${offsets[misaligned]}, -1 or a multiple of ${alignment} expected`);
  checkPlaces(model, offsets);
  return offsets;
}

/** The model with a plan in it: version 1, subgraph 0, as many offsets as there are tensors. Older plans go. */
export function writeOfflinePlan(model: TfliteModel, offsets: readonly number[]): TfliteModel {
  const bytes = new Uint8Array(Int32Array.from([1, 0, offsets.length, ...offsets]).buffer);
  return withMetadata(model, offlinePlanName, bytes);
}
