/** Layers that normalize: by what training measured, or by the input itself. */
import type { LayerName } from "../../graph/operators/layers.js";
import type { GraphBuilder } from "../builder.js";
import { scaled } from "../functions.js";
import { refuse, weight, type LayerView, type Translate } from "./types.js";

/** Axes counted from the first; the batch cannot be one. */
function axesOf(builder: GraphBuilder, layer: LayerView, input: number): number[] {
  const rank = builder.shape(input).length;
  const axes = [layer.config["axis"] ?? -1]
    .flat()
    .map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis)));
  if (axes.includes(0)) refuse(layer, "it normalizes along the batch", "an axis of 1 or more");
  return axes;
}

/** At inference a batch normalization is one factor and one offset per channel: gamma / sqrt(variance + epsilon), beta - mean * factor. */
const batchNormalization: Translate = (builder, layer, [input]) => {
  const rank = builder.shape(input!).length;
  const axes = axesOf(builder, layer, input!);
  const axis = axes[0]!;
  if (axes.length > 1) refuse(layer, "it normalizes several axes", "one axis");
  const epsilon = Number(layer.config["epsilon"]);
  const variance = weight(layer, "moving_variance").data;
  const mean = weight(layer, "moving_mean").data;
  const scale = variance.map((v, i) => (layer.weights["gamma"]?.data[i] ?? 1) / Math.sqrt(v + epsilon));
  const offset = scale.map((s, i) => (layer.weights["beta"]?.data[i] ?? 0) - mean[i]! * s);
  if (axis === rank - 1) return builder.affine(input!, scale, offset);
  const order = [...Array(rank).keys()].filter((each) => each !== axis).concat(axis);
  const back = order.map((_, position) => order.indexOf(position));
  return builder.transpose(builder.affine(builder.transpose(input!, order), scale, offset), back);
};

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, mean and variance of each sample along the axes. */
const layerNormalization: Translate = (builder, layer, [input]) => {
  const axes = axesOf(builder, layer, input!);
  const shape = builder.shape(input!);
  const centered = builder.elementwise("SUB", input!, builder.reduce("MEAN", input!, axes, true));
  const variance = builder.reduce("MEAN", builder.elementwise("MUL", centered, centered), axes, true);
  const deviation = builder.unary("RSQRT", scaled(builder, variance, 1, Number(layer.config["epsilon"])));
  const normal = builder.elementwise("MUL", centered, deviation);
  const { gamma, beta } = layer.weights;
  if (axes.length === 1 && axes[0] === shape.length - 1) {
    const channels = shape.at(-1)!;
    if (!gamma && !beta) return normal;
    return builder.affine(
      normal,
      gamma?.data ?? new Float32Array(channels).fill(1),
      beta?.data ?? new Float32Array(channels),
    );
  }
  const spread = shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const multiplied = gamma ? builder.elementwise("MUL", normal, builder.constant("gamma", spread, gamma.data)) : normal;
  return beta ? builder.elementwise("ADD", multiplied, builder.constant("beta", spread, beta.data)) : multiplied;
};

export const normalizationLayers = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
} satisfies { [layer in LayerName]?: Translate };
