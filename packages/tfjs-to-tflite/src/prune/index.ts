import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import { filterGroups, type FilterGroup } from "./groups.js";
import { withoutChannels } from "./rewrite.js";

export { filterGroups, type FilterGroup } from "./groups.js";
export { sensitivityScan, type SensitivityOptions } from "./sensitivity.js";
export { fineTune, type FineTuneOptions } from "./fineTune.js";

export interface PruneOptions {
  /** Share of the filters to remove in every group of layers, 0 to under 1. */
  ratio: number;
  /** Other shares for some groups, by the name of any of their layers. */
  ratios?: Readonly<Record<string, number>>;
}

/** Filters that a group loses; one always stays. */
const lossOf = ({ filters }: FilterGroup, ratio: number): number =>
  Math.min(filters.length - 1, Math.round(filters.length * ratio));

function checkRatio(ratio: number, what: string): void {
  if (!(ratio >= 0 && ratio < 1))
    throw new UserError(`${what} is ${ratio}; it must be at least 0 and less than 1 (0.4 removes 40 % of the filters)`);
}

/**
 * Removes whole filters, the weakest by L1 norm, from every prunable layer, and everything that depends on them: depthwise filters,
 * batch normalizations, the next layers' weights. Layers whose results are added or multiplied lose the same filters. Inputs and outputs keep their shape.
 * @returns a new, smaller model, not compiled; the given one is not changed.
 */
export async function pruneModel(
  model: tfl.LayersModel,
  { ratio, ratios = {} }: PruneOptions,
): Promise<tfl.LayersModel> {
  checkRatio(ratio, "the ratio");
  const { map, groups } = filterGroups(model);
  for (const [name, value] of Object.entries(ratios)) {
    checkRatio(value, `the ratio of layer "${name}"`);
    if (!groups.some(({ layers }) => layers.includes(name)))
      throw new UserError(
        `there is no layer "${name}" to prune; prunable are ${groups.flatMap(({ layers }) => layers).join(", ")}`,
      );
  }
  const removed = groups.flatMap((group) => {
    const named = group.layers.find((name) => ratios[name] !== undefined);
    return group.filters
      .slice(0, lossOf(group, named === undefined ? ratio : ratios[named]!))
      .map(({ channel }) => channel);
  });
  return withoutChannels(model, map, new Set(removed));
}
