import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { Layer } from "./layerGraph.js";

/** What the mended and the added layers share: parts of tfjs's layers that its type files hide. */

export type Pair = [number, number];
export type Shape = (number | null)[];
export type LayerConstructor<T = object> = (new (...args: unknown[]) => Layer & T) & { prototype: Layer & T };

/** What tfjs's convolution layers hold; its type files declare it protected. */
export interface Convolution {
  strides: Pair;
  padding: "same" | "valid";
  dilationRate: Pair | number[];
  kernelSize: Pair;
  bias: tfl.LayerVariable | null;
  activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  kernel: tfl.LayerVariable;
  depthwiseKernel: tfl.LayerVariable;
  pointwiseKernel: tfl.LayerVariable;
}

/** The class that tfjs has under a Keras name. @throws Error when it has none */
export function classNamed<T>(name: string): LayerConstructor<T> {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[name];
  if (!entry) throw new Error(`no layer is called ${name}`);
  return entry[0] as unknown as LayerConstructor<T>;
}

/** What SeparableConv2D is a case of; tfjs does not export it. */
export const separableConv = (): LayerConstructor<Convolution> =>
  Object.getPrototypeOf(classNamed("SeparableConv2D")) as LayerConstructor<Convolution>;

export const only = <T>(values: T | T[]): T => (Array.isArray(values) ? values[0]! : values);

export const shapeOfOne = (shape: Shape | Shape[]): Shape => (Array.isArray(shape[0]) ? shape[0] : shape) as Shape;

/** Bias and activation of a convolution. */
export function finish(layer: Convolution, output: tf.Tensor): tf.Tensor {
  const biased = layer.bias ? tf.add(output, layer.bias.read()) : output;
  return layer.activation ? layer.activation.apply(biased) : biased;
}
