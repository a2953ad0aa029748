import type { LayerName } from "../../graph/operators/layers.js";
import { activationLayers } from "./activation.js";
import { hasChannelsFirst, withChannelsLast } from "./channelsFirst.js";
import { embedding } from "./embedding.js";
import { mergeLayers } from "./merge.js";
import { normalizationLayers } from "./normalization.js";
import { recurrentLayers } from "./recurrent.js";
import { refusedLayers } from "./refused.js";
import { shapeLayers } from "./shape.js";
import { timeDistributed } from "./timeDistributed.js";
import { refuse, type LayerView, type Translate } from "./types.js";
import { volumeLayers } from "./volume.js";
import { weightedLayers } from "./weighted.js";

/** Every layer that can be converted, by its class name. */
export const layerTable: Readonly<Record<LayerName, Translate>> = {
  ...weightedLayers,
  ...activationLayers,
  ...shapeLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...recurrentLayers,
  ...volumeLayers,
  Embedding: embedding,
  TimeDistributed: timeDistributed((layer) => translatorOf(layer)),
};

/** Layers that skip the steps that a Masking layer or an Embedding before them masks. */
const skipsMasked: ReadonlySet<string> = new Set(Object.keys(recurrentLayers));

export const isSkipping = ({ className }: LayerView): boolean => skipsMasked.has(className);

export function translatorOf(layer: LayerView): Translate {
  if (layer.network) return layer.network;
  if (Object.hasOwn(layerTable, layer.className)) {
    const translate = layerTable[layer.className as LayerName];
    return hasChannelsFirst(layer) ? withChannelsLast(translate) : translate;
  }
  const { why, instead } = refusedLayers[layer.className] ?? {
    why: "loam does not know it",
    instead: `one of ${Object.keys(layerTable).join(", ")}`,
  };
  return refuse(layer, `this type cannot be converted: ${why}`, instead);
}
export { hasChannelsFirst } from "./channelsFirst.js";
export type { LayerView, Translate } from "./types.js";
