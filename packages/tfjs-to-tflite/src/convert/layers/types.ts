import type { GraphBuilder } from "../builder.js";
import { UserError } from "../../lib/errors.js";

/** A tfjs layer for the translators. */
export interface LayerView {
  name: string;
  className: string;
  /** getConfig(), the names as tfjs spells them (camel case). */
  config: Record<string, unknown>;
  /** By the last part of their name: kernel, bias, gamma, depthwise_kernel. */
  weights: Record<string, { shape: number[]; data: Float32Array }>;
  /** The layer inside a wrapper; of a Bidirectional the one that reads forwards, then the one that reads backwards. */
  inner: readonly LayerView[];
  /** Which steps of its input count: a tensor [1, steps, 1] that is over 0 there and else 0, made when it is asked for. Without it all do. */
  mask?: () => number;
  /** Of a model that a wrapper holds: all of its layers. */
  network?: Translate;
}

/** Adds a layer's operators; inputs and the result are numbers of tensors, several where the layer has several outputs. */
export type Translate = (builder: GraphBuilder, layer: LayerView, inputs: number[]) => number | number[];

/** @throws UserError when a layer in a wrapper has more than one output */
export function onlyOutput(layer: LayerView, results: number | number[]): number {
  const [first, ...more] = [results].flat() as [number, ...number[]];
  if (more.length > 0)
    refuse(layer, `it has ${more.length + 1} outputs, and a wrapper hands on one`, "one output in a wrapper");
  return first;
}

/** @throws UserError naming layer and type, what cannot be converted, and the alternative. */
export function refuse(layer: LayerView, what: string, instead: string): never {
  throw new UserError(`layer "${layer.name}" (${layer.className}): ${what}. Instead: ${instead}`);
}

/** A layer's weights, by the last part of their name. */
export function weight(layer: LayerView, name: string): { shape: number[]; data: Float32Array } {
  return layer.weights[name] ?? refuse(layer, `it has no weights called "${name}"`, "a model saved with its weights");
}

/** A number or a list of numbers, from a config, as a pair. */
export function pair(value: unknown): [number, number] {
  const list = Array.isArray(value) ? value.map(Number) : [Number(value)];
  return [list[0]!, list[1] ?? list[0]!];
}

export function requireRank(
  builder: GraphBuilder,
  layer: LayerView,
  input: number,
  ranks: readonly number[],
): number[] {
  const shape = builder.shape(input);
  if (!ranks.includes(shape.length))
    refuse(
      layer,
      `its input has shape [${shape.join(", ")}], expected ${ranks.join(" or ")} axes`,
      "a Reshape layer before it",
    );
  return shape;
}

/** Runs a computation on an image; [steps, channels] become an image one column wide, and back. */
export function asImage(
  builder: GraphBuilder,
  layer: LayerView,
  input: number,
  oneDimensional: boolean,
  compute: (image: number) => number,
): number {
  const shape = requireRank(builder, layer, input, [oneDimensional ? 3 : 4]);
  if (!oneDimensional) return compute(input);
  const result = compute(builder.reshape(input, [1, shape[1]!, 1, shape[2]!]));
  const [, steps, , channels] = builder.shape(result) as [number, number, number, number];
  return builder.reshape(result, [1, steps, channels]);
}
