import * as tf from "@tensorflow/tfjs-core";
import type { Shape } from "./tfjsLayers.js";

/** Layers that tfjs computes only with their channels last, or wrong otherwise, between two transpositions. */

export interface Oriented {
  dataFormat?: string;
}

/** Of a layer's arguments. */
export const dataFormatOf = (args: Record<string, unknown>): string =>
  args["dataFormat"] === "channelsFirst" ? "channelsFirst" : "channelsLast";

const isFirst = ({ dataFormat }: Oriented): boolean => dataFormat === "channelsFirst";

const toLast = <T>([batch, channels, ...space]: readonly T[]): T[] => [batch!, ...space, channels!];
const toFirst = <T>([batch, ...rest]: readonly T[]): T[] => [batch!, rest.at(-1)!, ...rest.slice(0, -1)];

/** @param compute from channels last to channels last, or to what has no places any more */
export function withChannelsLast(layer: Oriented, x: tf.Tensor, compute: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (!isFirst(layer)) return compute(x);
  const axes = [...Array(x.rank).keys()];
  const result = compute(tf.transpose(x, toLast(axes)));
  return result.rank === x.rank ? tf.transpose(result, toFirst(axes)) : result;
}

/** The same for shapes. */
export function shapeWithChannelsLast(layer: Oriented, shape: Shape, compute: (shape: Shape) => Shape): Shape {
  if (!isFirst(layer)) return compute(shape);
  const result = compute(toLast(shape));
  return result.length === shape.length ? toFirst(result) : result;
}
