import type * as tfl from "@tensorflow/tfjs-layers";
import { weightRole, type Layer } from "../tf/layerGraph.js";
import { followChannels, type ChannelMap } from "./channels.js";

/** Layers whose filters stay or go together, because their results are added or multiplied. */
export interface FilterGroup {
  /** Their names; the first names the group. */
  layers: string[];
  /** Each: the channel that stands for one filter of every layer, and how strong it is. Weakest first. */
  filters: { channel: number; strength: number }[];
}

/** The batch normalization right behind a layer scales its filters. */
function normalizationFactors(map: ChannelMap): Map<number, number> {
  const factors = new Map<number, number>();
  for (const { layer, inputs } of map.layers.values()) {
    if (layer.getClassName() !== "BatchNormalization") continue;
    const values = new Map(layer.weights.map((weight) => [weightRole(weight), weight.read().dataSync()]));
    const epsilon = (layer.getConfig() as { epsilon: number }).epsilon;
    inputs.forEach((channel, i) =>
      factors.set(
        channel,
        Math.abs(values.get("gamma")?.[i] ?? 1) / Math.sqrt(values.get("moving_variance")![i]! + epsilon),
      ),
    );
  }
  return factors;
}

/** L1 norm of each filter's weights. */
function filterNorms(layer: Layer): Float64Array {
  const kernel = layer.weights.find((weight) => ["kernel", "pointwise_kernel"].includes(weightRole(weight)))!;
  const norms = new Float64Array(kernel.shape[kernel.shape.length - 1]!);
  (kernel.read().dataSync() as Float32Array).forEach((value, i) => (norms[i % norms.length]! += Math.abs(value)));
  return norms;
}

/**
 * The prunable filters of a model. A filter's strength is the L1 norm of its weights, with the batch normalization behind it folded in, over the mean
 * of its layer's; filters of several layers that go together add theirs.
 */
export function filterGroups(model: tfl.LayersModel): { map: ChannelMap; groups: FilterGroup[] } {
  const map = followChannels(model);
  const pinned = map.pinned();
  const factors = normalizationFactors(map);
  const strengths = new Map<number, number>();
  const owners = new Map<number, Set<string>>();
  const makers = [...map.layers.values()].filter(({ makes }) => makes);
  for (const { layer, outputs } of makers) {
    const norms = filterNorms(layer).map((norm, i) => norm * (factors.get(outputs[i]!) ?? 1));
    const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length || 1;
    outputs.forEach((channel, i) => {
      const root = map.root(channel);
      strengths.set(root, (strengths.get(root) ?? 0) + norms[i]! / mean);
      owners.set(root, (owners.get(root) ?? new Set()).add(layer.name));
    });
  }
  const groups = new Map<string, FilterGroup>();
  for (const [channel, strength] of strengths) {
    if (pinned.has(channel)) continue;
    const layers = [...owners.get(channel)!];
    const key = layers.join("\n");
    const group = groups.get(key) ?? { layers, filters: [] };
    group.filters.push({ channel, strength });
    groups.set(key, group);
  }
  for (const { filters } of groups.values()) filters.sort((a, b) => a.strength - b.strength || a.channel - b.channel);
  return { map, groups: [...groups.values()] };
}
