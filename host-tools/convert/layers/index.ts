import type { LayerName } from "../../graph/operators/layers.js";
import { activationLayers } from "./activation.js";
import { mergeLayers } from "./merge.js";
import { shapeLayers } from "./shape.js";
import { refuse, type LayerView, type Translate } from "./types.js";
import { weightedLayers } from "./weighted.js";

/** Every layer that can be converted, by its class name. */
export const layerTable: Readonly<Record<LayerName, Translate>> = {
  ...weightedLayers,
  ...activationLayers,
  ...shapeLayers,
  ...mergeLayers,
};

/** Alternatives to unsupported layers. */
const alternatives: readonly (readonly [types: RegExp, instead: string])[] = [
  [
    /^(LSTM|GRU|SimpleRNN|RNN|Bidirectional|ConvLSTM2D|.*Cell)$/,
    "Conv1D or SeparableConv1D layers along the time axis",
  ],
  [/^(PReLU|ELU|ThresholdedReLU)$/, "ReLU or LeakyReLU"],
  [/^LayerNormalization$/, "BatchNormalization, which is folded away"],
  [/^Conv2DTranspose$/, "UpSampling2D and a Conv2D"],
  [/^Conv3D|3D/, "Conv2D with one axis folded into the channels by a Reshape"],
  [/^Dot$/, "Add, Multiply or Concatenate"],
  [/^(Embedding|CategoryEncoding|Masking)$/, "dense inputs computed before the model"],
  [/^(MultiHeadAttention|EinsumDense)$/, "SeparableConv1D layers"],
  [/^RepeatVector$/, "Reshape and UpSampling1D"],
  [/^(Resizing|CenterCrop|RandomHeight|RandomWidth)$/, "inputs of one size, resized before the model"],
];

export function translatorOf(layer: LayerView): Translate {
  if (Object.hasOwn(layerTable, layer.className)) return layerTable[layer.className as LayerName];
  const instead =
    alternatives.find(([types]) => types.test(layer.className))?.[1] ?? `one of ${Object.keys(layerTable).join(", ")}`;
  return refuse(layer, "this type cannot be converted", instead);
}
export type { LayerView, Translate } from "./types.js";
