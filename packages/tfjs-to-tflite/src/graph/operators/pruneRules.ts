/** How pruning a channel of a layer's input affects its output, for every layer that loam converts. */
import type { PruneRule } from "./descriptor.js";
import { builtins, operators } from "./index.js";
import { layerNames, maskingLayers, trainingLayers, type LayerName } from "./layers.js";

function collected(): Map<string, PruneRule> {
  const found = new Map<string, PruneRule>(trainingLayers.map((layer) => [layer, "same"]));
  // Which steps are masked depends on all channels.
  for (const layer of maskingLayers) found.set(layer, "mixes");
  for (const name of builtins) {
    const { graph } = operators[name];
    if (typeof graph === "string") continue;
    for (const [layer, rule] of Object.entries(graph.layers)) {
      const known = found.get(layer);
      if (known !== undefined && known !== rule)
        throw new Error(`layer ${layer}: rule "${rule}" in ${name}, "${known}" in another operator`);
      found.set(layer, rule);
    }
  }
  return found;
}

const found = collected();

/** In the order of layerNames. @throws Error when no operator's descriptor names a layer */
export const pruneRules: ReadonlyMap<string, PruneRule> = new Map(
  layerNames.map((layer: LayerName) => {
    const rule = found.get(layer);
    if (!rule) throw new Error(`layer ${layer} is in no operator's descriptor`);
    return [layer, rule];
  }),
);
