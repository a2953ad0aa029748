/** A plan of whole buffers that travels in the file, for TensorFlow Lite Micro, whose own planner is greedy. */
import type { TfliteModel } from "../tflite/index.js";
import { lifetimes, onlySubgraph, operatorNames } from "./graph.js";
import { writeOfflinePlan } from "./offlinePlan.js";
import { packBuffers } from "./packing.js";
import { tflmArena } from "./tflmArena.js";
import { tflmKernels } from "./tflmKernels.js";

const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * The model with its tensors' places in it (metadata OfflineMemoryAllocation) when TensorFlow Lite Micro then needs less arena than with its
 * own plan; otherwise, or when it has operators whose needs are not known, the model as it is. Scratch is left to the runtime, which puts it
 * into the gaps.
 */
export function planModel(model: TfliteModel): TfliteModel {
  const graph = onlySubgraph(model);
  if (operatorNames(model, graph).some((name) => !(name in tflmKernels))) return model;
  const lives = lifetimes(model, graph);
  const { offsets } = packBuffers(lives.map(({ bytes, first, last }) => ({ bytes: align(bytes), first, last })));
  const places = graph.tensors.map(() => -1);
  lives.forEach(({ tensor }, i) => (places[tensor] = offsets[i]!));
  const planned = writeOfflinePlan(model, places);
  return tflmArena(planned).needed < tflmArena(model).needed ? planned : model;
}
