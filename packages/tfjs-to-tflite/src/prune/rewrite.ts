import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { registerCustomLayers } from "../tf/customLayers.js";
import { isContainer, weightRole, wrappedLayers, type Layer } from "../tf/layerGraph.js";
import type { ChannelMap, LayerChannels } from "./channels.js";

interface LayerJson {
  class_name: string;
  config: Record<string, unknown> & { name?: string; layers?: LayerJson[]; layer?: LayerJson };
}

/** Which positions along each axis of a weight stay. */
type Kept = (channels: readonly number[]) => number[];

function slices(role: string, rank: number, { inputs, outputs }: LayerChannels, kept: Kept): Map<number, number[]> {
  const [input, output] = [kept(inputs), kept(outputs)];
  switch (role) {
    case "kernel":
      return new Map([
        [rank - 2, input],
        [rank - 1, output],
      ]);
    case "depthwise_kernel":
      return new Map([[rank - 2, input]]);
    case "bias":
      return new Map([[0, output]]);
    default:
      return new Map([[0, input]]);
  }
}

/** A pointwise kernel reads what the depthwise one made: each input channel `multiplier` times. */
function pointwiseSlices(
  rank: number,
  multiplier: number,
  { inputs, outputs }: LayerChannels,
  kept: Kept,
): Map<number, number[]> {
  const middle = kept(inputs).flatMap((channel) =>
    Array.from({ length: multiplier }, (_, i) => channel * multiplier + i),
  );
  return new Map([
    [rank - 2, middle],
    [rank - 1, kept(outputs)],
  ]);
}

const isWhole = ({ inputs, outputs }: LayerChannels, kept: Kept): boolean =>
  [inputs, outputs].every((channels) => kept(channels).length === channels.length);

/** A layer that loses nothing keeps its weights as they are, in whatever order it has their axes. */
function slicedWeights(layer: Layer, channels: LayerChannels, kept: Kept): tf.Tensor[] {
  if (isWhole(channels, kept)) return layer.getWeights();
  return layer.weights.map((weight) => {
    const rank = weight.shape.length;
    const role = weightRole(weight);
    const multiplier = (layer.getConfig() as { depthMultiplier?: number }).depthMultiplier ?? 1;
    const axes =
      role === "pointwise_kernel"
        ? pointwiseSlices(rank, multiplier, channels, kept)
        : slices(role, rank, channels, kept);
    let value: tf.Tensor = weight.read();
    for (const [axis, positions] of axes) value = tf.gather(value, positions, axis);
    // As new data: tfjs's wasm backend goes on taking a gathered bias for a tensor of four axes, and refuses it.
    return tf.tensor(value.dataSync(), value.shape, value.dtype);
  });
}

/** Counts of filters, units and reshaped channels in a layer's config, and of the channels that an inner model takes. */
function shrinkConfig(json: LayerJson, { inputs, outputs, makes }: LayerChannels, kept: Kept): void {
  const config = json.config.layer?.config ?? json.config;
  const count = kept(outputs).length;
  if (makes) config[config["units"] === undefined ? "filters" : "units"] = count;
  const taken = json.config["batch_input_shape"] as (number | null)[] | undefined;
  if (taken) taken[taken.length - 1] = kept(inputs).length;
  const target = config["target_shape"] as (number | null)[] | undefined;
  const free = target?.[target.length - 1];
  if (target && free !== null && Number(free) > 0 && free === outputs.length) target[target.length - 1] = count;
}

function shrink(json: LayerJson, layers: readonly Layer[], map: ChannelMap, kept: Kept): void {
  for (const each of json.config.layers ?? []) {
    const layer = layers.find(({ name }) => name === each.config.name);
    if (!layer) continue;
    if (isContainer(layer)) shrink(each, layer.layers, map, kept);
    else if (map.layers.has(layer)) shrinkConfig(each, map.layers.get(layer)!, kept);
  }
}

function copyWeights(from: readonly Layer[], to: readonly Layer[], map: ChannelMap, kept: Kept): void {
  for (const layer of from) {
    const target = to.find(({ name }) => name === layer.name);
    if (!target) continue;
    if (isContainer(layer)) copyWeights(layer.layers, (target as typeof layer).layers, map, kept);
    else if (layer.weights.length > 0 && map.layers.has(layer))
      tf.tidy(() => target.setWeights(slicedWeights(layer, map.layers.get(layer)!, kept)));
  }
}

const zeros = { class_name: "Zeros", config: {} };

/** tfjs draws numbers for weights that are copied afterwards, orthogonal ones slowly, and only where all its packages are. */
const withoutDrawing = (key: string, value: unknown): unknown => (key.endsWith("_initializer") ? zeros : value);

/** Initializers of a layer and its cell, as training on from the saved model would have them. */
function copyInitializers(from: object, to: object): void {
  for (const [key, value] of Object.entries(from)) {
    if (key.endsWith("Initializer")) Object.assign(to, { [key]: value as unknown });
    if (key === "cell" && key in to) copyInitializers(value as object, (to as { cell: object }).cell);
  }
}

function copyAllInitializers(from: readonly Layer[], to: readonly Layer[]): void {
  for (const layer of from) {
    const target = to.find(({ name }) => name === layer.name);
    if (!target) continue;
    copyInitializers(layer, target);
    if (isContainer(layer)) copyAllInitializers(layer.layers, (target as typeof layer).layers);
    else wrappedLayers(layer).forEach((inner, i) => copyInitializers(inner, wrappedLayers(target)[i]!));
  }
}

/** The same model without some channels (by their representatives): fewer filters, smaller weights. The given model is not changed. */
export async function withoutChannels(
  model: tfl.LayersModel,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): Promise<tfl.LayersModel> {
  registerCustomLayers();
  const kept: Kept = (channels) =>
    channels.flatMap((channel, position) => (removed.has(map.root(channel)) ? [] : [position]));
  const json = JSON.parse(JSON.stringify(model.toJSON(null, false)), withoutDrawing) as LayerJson;
  shrink(json, model.layers, map, kept);
  const smaller = await tfl.loadLayersModel({ load: () => Promise.resolve({ modelTopology: json as never }) });
  copyWeights(model.layers, smaller.layers, map, kept);
  copyAllInitializers(model.layers, smaller.layers);
  return smaller;
}
