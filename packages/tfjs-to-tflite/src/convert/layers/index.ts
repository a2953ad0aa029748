import type { LayerName } from "../../graph/operators/layers.js";
import { activationLayers } from "./activation.js";
import { hasChannelsFirst, withChannelsLast } from "./channelsFirst.js";
import { mergeLayers } from "./merge.js";
import { normalizationLayers } from "./normalization.js";
import { recurrentLayers } from "./recurrent.js";
import { shapeLayers } from "./shape.js";
import { timeDistributed } from "./timeDistributed.js";
import { refuse, type LayerView, type Translate } from "./types.js";
import { weightedLayers } from "./weighted.js";

/** Every layer that can be converted, by its class name. */
export const layerTable: Readonly<Record<LayerName, Translate>> = {
  ...weightedLayers,
  ...activationLayers,
  ...shapeLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...recurrentLayers,
  TimeDistributed: timeDistributed((layer) => translatorOf(layer)),
};

/** Alternatives to unsupported layers. */
const alternatives: readonly (readonly [types: RegExp, instead: string])[] = [
  [/^(RNN|ConvLSTM2D|.*Cell)$/, "LSTM, GRU or SimpleRNN"],
  [/^ThresholdedReLU$/, "ReLU or LeakyReLU"],
  [/^Conv3D|3D/, "Conv2D with one axis folded into the channels by a Reshape"],
  [/^(Embedding|CategoryEncoding)$/, "dense inputs computed before the model"],
  [/^(MultiHeadAttention|EinsumDense)$/, "Dense layers and Dot"],
  [/^(Resizing|CenterCrop|RandomHeight|RandomWidth)$/, "inputs of one size, resized before the model"],
];

/** Layers that skip the steps that a Masking layer before them masks. */
export const skipsMasked: ReadonlySet<string> = new Set(Object.keys(recurrentLayers));

export function translatorOf(layer: LayerView): Translate {
  if (layer.network) return layer.network;
  if (Object.hasOwn(layerTable, layer.className)) {
    const translate = layerTable[layer.className as LayerName];
    return hasChannelsFirst(layer) ? withChannelsLast(translate) : translate;
  }
  const instead =
    alternatives.find(([types]) => types.test(layer.className))?.[1] ?? `one of ${Object.keys(layerTable).join(", ")}`;
  return refuse(layer, "this type cannot be converted", instead);
}
export { hasChannelsFirst } from "./channelsFirst.js";
export type { LayerView, Translate } from "./types.js";
