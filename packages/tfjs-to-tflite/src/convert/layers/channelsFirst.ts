import type { LayerName } from "../../graph/operators/layers.js";
import { onlyOutput, requireRank, type LayerView, type Translate } from "./types.js";

/** All that have a data format; tfjs's are mended where it computes them wrong (tf/mendedLayers.ts). */
const layers: ReadonlySet<string> = new Set<LayerName>([
  "Conv1D",
  "Conv2D",
  "Conv2DTranspose",
  "DepthwiseConv2D",
  "SeparableConv1D",
  "SeparableConv2D",
  "MaxPooling1D",
  "AveragePooling1D",
  "GlobalMaxPooling1D",
  "GlobalAveragePooling1D",
  "MaxPooling2D",
  "AveragePooling2D",
  "GlobalMaxPooling2D",
  "GlobalAveragePooling2D",
  "ZeroPadding1D",
  "ZeroPadding2D",
  "Cropping1D",
  "Cropping2D",
  "UpSampling1D",
  "UpSampling2D",
  "Flatten",
]);

export const hasChannelsFirst = ({ className, config }: LayerView): boolean =>
  config["dataFormat"] === "channelsFirst" && layers.has(className);

/** A layer of images or sequences with their channels first, as the one with channels last between two transpositions. Flatten and global pooling have none behind them. */
export const withChannelsLast =
  (translate: Translate): Translate =>
  (builder, layer, inputs) => {
    const { length: rank } = requireRank(builder, layer, inputs[0]!, [3, 4]);
    const places = [...Array(rank - 2).keys()];
    const last: LayerView = { ...layer, config: { ...layer.config, dataFormat: "channelsLast" } };
    const given = builder.transpose(inputs[0]!, [0, ...places.map((place) => place + 2), 1]);
    const result = onlyOutput(layer, translate(builder, last, [given]));
    return builder.shape(result).length === rank
      ? builder.transpose(result, [0, rank - 1, ...places.map((place) => place + 1)])
      : result;
  };
