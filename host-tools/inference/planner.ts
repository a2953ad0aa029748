/** A plan of whole buffers that travels in the file, for TensorFlow Lite Micro, whose own planner is greedy. */
import { tflmRules } from "tfjs-to-tflite/graph/operators/index.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { lifetimes, onlySubgraph, operatorNames } from "./graph.js";
import { writeOfflinePlan } from "./offlinePlan.js";
import { packBuffers } from "./packing.js";
import { tflmArena } from "./tflmArena.js";

/** Offsets are signed words of 32 bits. */
const largestPlan = 0x7fff0000;

const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * The model with its tensors' places in it (metadata OfflineMemoryAllocation) when TensorFlow Lite Micro then needs less arena than with its
 * own plan; otherwise, or when it has several subgraphs or operators whose needs are not known, the model as it is.
 * The places are the smallest plan of the tensors, or of the tensors and the kernels' scratch together; scratch itself cannot be placed
 * by the file: the runtime puts it into the gaps.
 */
export function planModel(model: TfliteModel): TfliteModel {
  if (model.subgraphs.length !== 1) return model;
  const graph = onlySubgraph(model);
  const kernels = operatorNames(model, graph).flatMap((name) => tflmRules(name) ?? []);
  if (kernels.length < graph.operators.length) return model;
  const lives = lifetimes(model, graph);
  if (lives.reduce((sum, { bytes }) => sum + bytes, 0) > largestPlan) return model;
  const tensors = lives.map(({ bytes, first, last }) => ({ bytes: align(bytes), first, last }));
  const scratch = graph.operators.flatMap((operator, i) =>
    kernels[i]!.prepare(operator, graph.tensors).flatMap((take) =>
      "scratch" in take ? [{ bytes: align(take.scratch), first: i + 1, last: i + 1 }] : [],
    ),
  );
  const candidates = (scratch.length > 0 ? [tensors, [...tensors, ...scratch]] : [tensors]).map((buffers) => {
    const { offsets } = packBuffers(buffers);
    const places = graph.tensors.map(() => -1);
    lives.forEach(({ tensor }, i) => (places[tensor] = offsets[i]!));
    return writeOfflinePlan(model, places);
  });
  let best = model;
  for (const candidate of candidates) if (tflmArena(candidate).needed < tflmArena(best).needed) best = candidate;
  return best;
}
