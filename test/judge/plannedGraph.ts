import { lifetimes, onlySubgraph } from "../../host-tools/inference/graph.js";
import { writeOfflinePlan } from "../../host-tools/inference/offlinePlan.js";
import { packBuffers } from "../../host-tools/inference/packing.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { randomGraph, type RandomGraph } from "./randomGraph.js";

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** A random graph with a plan in it, whether it helps or not: the smallest of whole buffers, one with holes, or either for some tensors only. */
export function plannedGraph(seed: number): RandomGraph {
  const { model, inputs } = randomGraph(seed);
  const random = new Random(seed + 1_000_000);
  const lives = lifetimes(model, onlySubgraph(model));
  let end = 0;
  const spaced = lives.map(({ bytes }) => {
    const at = end + 16 * random.int(0, 8);
    end = at + aligned(bytes);
    return at;
  });
  const offsets = random.chance(0.5)
    ? packBuffers(
        lives.map(({ bytes, first, last }) => ({ bytes: aligned(bytes), first, last })),
        2_000,
      ).offsets
    : spaced;
  const known = random.pick([1, 1, 0.7, 0.3]);
  const places = onlySubgraph(model).tensors.map(() => -1);
  lives.forEach(({ tensor }, i) => {
    if (random.chance(known)) places[tensor] = offsets[i]!;
  });
  return { model: writeOfflinePlan(model, places), inputs };
}
