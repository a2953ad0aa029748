import type { LayerName } from "../../graph/operators/layers.js";
import { onlyOutput, requireRank, type LayerView, type Translate } from "./types.js";

/** Those that tfjs computes right. */
const layers: ReadonlySet<string> = new Set<LayerName>([
  "Conv2D",
  "Conv2DTranspose",
  "MaxPooling2D",
  "AveragePooling2D",
  "GlobalMaxPooling2D",
  "GlobalAveragePooling2D",
  "ZeroPadding2D",
  "Cropping2D",
  "UpSampling2D",
  "Flatten",
]);

export const hasChannelsFirst = ({ className, config }: LayerView): boolean =>
  config["dataFormat"] === "channelsFirst" && layers.has(className);

/** A layer of images with their channels first, as the one with channels last between two transpositions. Flatten and global pooling have no image behind them. */
export const withChannelsLast =
  (translate: Translate): Translate =>
  (builder, layer, inputs) => {
    requireRank(builder, layer, inputs[0]!, [4]);
    const last: LayerView = { ...layer, config: { ...layer.config, dataFormat: "channelsLast" } };
    const result = onlyOutput(layer, translate(builder, last, [builder.transpose(inputs[0]!, [0, 2, 3, 1])]));
    return builder.shape(result).length === 4 ? builder.transpose(result, [0, 3, 1, 2]) : result;
  };
