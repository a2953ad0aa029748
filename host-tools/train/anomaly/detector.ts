import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { Spread } from "./distance.js";

/**
 * A network that ends in the squared deviations of a window: [groups * deviations], each at most `largest` deviations. Its groups are distances from different
 * centres, of which the least counts.
 */
export interface Deviations {
  model: tfl.LayersModel;
  groups: number;
  /** What a squared output is multiplied with, to be in squares of deviations. */
  unit: number;
}

/** A deviation counts as at most so many of its standard deviations: the steps of int8 are then fine where the threshold is. */
const largest = 8;
/** Where ReLU6 ends. */
const top = 6;
const gain = top / largest;
/** A deviation and its negative, each held inside 0 to 6, and their squares. */
const unit = 1 / (gain * gain);

const flat = (x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
  tfl.layers.flatten({ name: "flat" }).apply(x) as tfl.SymbolicTensor;

function squared(deviations: tfl.SymbolicTensor): tfl.SymbolicTensor {
  const held = tfl.layers.reLU({ name: "deviations_relu", maxValue: top }).apply(deviations) as tfl.SymbolicTensor;
  return tfl.layers.multiply({ name: "squares" }).apply([held, held]) as tfl.SymbolicTensor;
}

/** Deviations from each centre along each axis. @param shape of a window, [frames, 1, features] */
export function distanceNetwork(shape: number[], { centres, axes }: Spread): Deviations {
  const input = tfl.input({ shape, name: "window" });
  const units = 2 * centres.length * axes.length;
  const dense = tfl.layers.dense({ name: "deviations", units });
  const model = tfl.model({
    inputs: input,
    outputs: squared(dense.apply(flat(input)) as tfl.SymbolicTensor),
    name: "loam",
  });
  const size = shape.reduce((product, n) => product * n, 1);
  const kernel = new Float32Array(size * units);
  const bias = new Float32Array(units);
  let column = 0;
  for (const centre of centres)
    for (const axis of axes)
      for (const sign of [gain, -gain]) {
        let offset = 0;
        for (let f = 0; f < size; f++) {
          kernel[f * units + column] = sign * axis[f]!;
          offset -= sign * axis[f]! * centre[f]!;
        }
        bias[column++] = offset;
      }
  tf.tidy(() => dense.setWeights([tf.tensor(kernel, [size, units]), tf.tensor(bias)]));
  return { model, groups: centres.length, unit: unit / axes.length };
}

/** Gives the difference between a window and what passes through the narrow middle, [frames * features]. */
export function autoencoder(shape: number[], units: number[], seed: number): tfl.LayersModel {
  const size = shape.reduce((product, n) => product * n, 1);
  let at = seed * 1009;
  const input = tfl.input({ shape, name: "window" });
  const window = flat(input);
  let x = window;
  const widths = [...units, ...units.slice(0, -1).reverse()];
  widths.forEach((count, index) => {
    const name = `dense${index + 1}`;
    // What is most narrow has both signs.
    const activation = index === units.length - 1 ? "linear" : "relu";
    x = tfl.layers
      .dense({ name, units: count, activation, kernelInitializer: tfl.initializers.heNormal({ seed: ++at }) })
      .apply(x) as tfl.SymbolicTensor;
  });
  // The negative of the window: TFLite adds in one operator.
  const negative = tfl.layers
    .dense({ name: "negative", units: size, kernelInitializer: tfl.initializers.glorotNormal({ seed: ++at }) })
    .apply(x) as tfl.SymbolicTensor;
  const difference = tfl.layers.add({ name: "difference" }).apply([window, negative]) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: difference, name: "loam" });
}

/** @param spread standard deviation of each difference in windows like those of the training */
export function autoencoderNetwork(model: tfl.LayersModel, spread: Float64Array): Deviations {
  const size = spread.length;
  const image = tfl.layers
    .reshape({ name: "differences", targetShape: [1, 1, size] })
    .apply(model.outputs[0]!) as tfl.SymbolicTensor;
  const both = tfl.layers.depthwiseConv2d({ name: "deviations", kernelSize: [1, 1], depthMultiplier: 2 });
  const deviations = squared(both.apply(image) as tfl.SymbolicTensor);
  const output = tfl.layers.flatten({ name: "all" }).apply(deviations) as tfl.SymbolicTensor;
  const kernel = Float32Array.from({ length: 2 * size }, (_, i) => (i % 2 ? -gain : gain) / spread[i >> 1]!);
  tf.tidy(() => both.setWeights([tf.tensor(kernel, [1, 1, size, 2]), tf.zeros([2 * size])]));
  return {
    model: tfl.model({ inputs: model.inputs, outputs: output, name: "loam" }),
    groups: 1,
    unit: unit / size,
  };
}

/** Mean squared deviation of each window, from the nearest centre. @param squares outputs of the network, window after window */
export function scoresOf(squares: Float32Array, count: number, { groups, unit: factor }: Deviations): Float64Array {
  const length = squares.length / count / groups;
  return Float64Array.from({ length: count }, (_, window) => {
    let least = Infinity;
    for (let group = 0; group < groups; group++) {
      const from = (window * groups + group) * length;
      let sum = 0;
      for (let i = from; i < from + length; i++) sum += squares[i]!;
      least = Math.min(least, sum * factor);
    }
    return least;
  });
}

/** Closeness of a window, by which its class is told: 6 without deviation, 3 at the threshold, 0 from twice the threshold on. */
const closenessAtThreshold = 3;
/** Confidence of a window with the median score of training. */
const medianConfidence = 0.99;

/**
 * The whole detector: probabilities of [what training shows, what deviates from it]. Half each at the threshold.
 * @param threshold mean squared deviation from which on a window deviates
 * @param median of the training windows; below the threshold
 */
export function detectorOf(deviations: Deviations, threshold: number, median: number): tfl.LayersModel {
  const { model, groups, unit: factor } = deviations;
  const squares = model.outputs[0]!;
  const length = squares.shape[1]! / groups;
  const each = tfl.layers.dense({ name: "closeness", units: groups });
  const held = tfl.layers
    .reLU({ name: "closeness_relu", maxValue: top })
    .apply(each.apply(squares)) as tfl.SymbolicTensor;
  const nearest = groups === 1 ? held : nearestOf(held, groups);
  const classes = tfl.layers.dense({ name: "classes", units: 2 });
  const output = tfl.layers.softmax({ name: "probabilities" }).apply(classes.apply(nearest)) as tfl.SymbolicTensor;
  const slope = ((top - closenessAtThreshold) * factor) / threshold;
  const steepness =
    Math.log(medianConfidence / (1 - medianConfidence)) / (2 * closenessAtThreshold * (1 - median / threshold));
  tf.tidy(() => {
    const kernel = new Float32Array(groups * length * groups);
    for (let group = 0; group < groups; group++)
      for (let i = group * length; i < (group + 1) * length; i++) kernel[i * groups + group] = -slope;
    each.setWeights([tf.tensor(kernel, [groups * length, groups]), tf.fill([groups], top)]);
    const half = steepness * closenessAtThreshold;
    classes.setWeights([tf.tensor([steepness, -steepness], [1, 2]), tf.tensor([-half, half])]);
  });
  return tfl.model({ inputs: model.inputs, outputs: output, name: "loam" });
}

function nearestOf(closeness: tfl.SymbolicTensor, groups: number): tfl.SymbolicTensor {
  const image = tfl.layers.reshape({ name: "centres", targetShape: [groups, 1, 1] }).apply(closeness);
  return tfl.layers
    .globalMaxPooling2d({ name: "nearest", dataFormat: "channelsLast" })
    .apply(image) as tfl.SymbolicTensor;
}
