import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { silentProgress, type Progress } from "../lib/progress.js";
import { filterGroups, type FilterGroup } from "./groups.js";
import { withoutChannels } from "./rewrite.js";

export interface SensitivityOptions {
  /** Share of all prunable filters to remove. */
  ratio: number;
  /** Samples of the model's input(s); a few hundred will do. */
  samples: tf.Tensor | tf.Tensor[];
  /** How many run together. Default 32. */
  batchSize?: number;
  progress?: Progress;
}

/** Shares that are tried in each group. */
const steps = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const halvings = 40;

/** Mean squared difference of two models' outputs over the samples, over the mean square of the first one's. */
function difference(
  truth: readonly tf.Tensor[],
  model: tfl.LayersModel,
  samples: tf.Tensor | tf.Tensor[],
  batchSize: number,
): number {
  return tf.tidy(() => {
    const given = [model.predict(samples, { batchSize })].flat();
    let [noise, signal] = [0, 0];
    truth.forEach((each, i) => {
      noise += tf.sum(tf.squaredDifference(each, given[i]!)).dataSync()[0]!;
      signal += tf.sum(tf.square(each)).dataSync()[0]!;
    });
    return noise / (signal || 1);
  });
}

/** The largest share of a group whose damage stays within a limit, between the tried steps in proportion. */
function shareWithin(damage: readonly number[], limit: number): number {
  const over = damage.findIndex((value) => value > limit);
  if (over < 0) return steps[steps.length - 1]!;
  if (over === 0) return 0;
  const [below, above] = [damage[over - 1]!, damage[over]!];
  return steps[over - 1]! + (steps[over]! - steps[over - 1]!) * ((limit - below) / (above - below));
}

/**
 * Prunes each group of layers alone, by growing shares, and measures what it does to the model's outputs. From that: shares for all groups which damage
 * equally and together remove the wished share of the filters.
 * @returns a share for the first layer of every group: `ratios` for pruneModel.
 */
export async function sensitivityScan(
  model: tfl.LayersModel,
  { ratio, samples, batchSize = 32, progress = silentProgress }: SensitivityOptions,
): Promise<Record<string, number>> {
  const { map, groups } = filterGroups(model);
  const truth = [tf.tidy(() => model.predict(samples, { batchSize }))].flat();
  const damages: number[][] = [];
  for (const [done, group] of groups.entries()) {
    const damage = [0];
    for (const step of steps.slice(1)) {
      const removed = group.filters.slice(
        0,
        Math.min(group.filters.length - 1, Math.round(step * group.filters.length)),
      );
      const pruned = await withoutChannels(model, map, new Set(removed.map(({ channel }) => channel)));
      // Taken as growing, though chance may say otherwise.
      damage.push(Math.max(damage[damage.length - 1]!, difference(truth, pruned, samples, batchSize)));
      pruned.dispose();
    }
    damages.push(damage);
    progress.update(done + 1, group.layers[0]);
  }
  truth.forEach((tensor) => tensor.dispose());
  return sharesFor(groups, damages, ratio);
}

function sharesFor(
  groups: readonly FilterGroup[],
  damages: readonly number[][],
  ratio: number,
): Record<string, number> {
  const total = groups.reduce((sum, { filters }) => sum + filters.length, 0);
  const sharesAt = (limit: number): number[] => damages.map((damage) => shareWithin(damage, limit));
  const removedAt = (limit: number): number =>
    sharesAt(limit).reduce((sum, share, i) => sum + share * groups[i]!.filters.length, 0);
  let [low, high] = [0, Math.max(...damages.flat(), 1e-9)];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (removedAt(middle) < ratio * total) low = middle;
    else high = middle;
  }
  // Where damage stays level over some steps, a share jumps; the rest of the way from below the jump to above it is shared in proportion.
  const [below, above] = [sharesAt(low), sharesAt(high)];
  const [less, more] = [removedAt(low), removedAt(high)];
  const part = more > less ? Math.min(1, (ratio * total - less) / (more - less)) : 0;
  return Object.fromEntries(groups.map(({ layers }, i) => [layers[0]!, below[i]! + part * (above[i]! - below[i]!)]));
}
