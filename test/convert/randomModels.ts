import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { Random } from "../../host-tools/lib/random.js";
import { wrappedLayers, type Layer } from "tfjs-to-tflite/tf/layerGraph.js";
import { registerCustomLayers } from "tfjs-to-tflite/tf/customLayers.js";
import { classNamed } from "tfjs-to-tflite/tf/tfjsLayers.js";

type Symbolic = tfl.SymbolicTensor;
type Step = (x: Symbolic, chance: Random) => Symbolic;

/** The random numbers of the model of a seed. */
export const chanceOf = (seed: number): Random => new Random(`model ${seed}`);

/** A layer's output of some inputs. */
export const apply = (layer: tfl.layers.Layer, ...inputs: Symbolic[]): Symbolic =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Symbolic;

/** A layer by its Keras class name; loam's as well as tfjs's. */
export function makeLayer(className: string, args: object): Layer {
  registerCustomLayers();
  return new (classNamed(className))(args);
}

const layer =
  (className: string, args: object = {}): Step =>
  (x) =>
    makeLayer(className, args).apply(x) as Symbolic;
const activations = ["linear", "relu", "relu6", "sigmoid", "tanh", "hardSigmoid", "swish", "hardSwish"];
const anyActivation = (chance: Random): string => chance.pick(["linear", "relu", "relu", "relu6", ...activations]);
const sizes = (x: Symbolic): number[] => x.shape.slice(1) as number[];

/** Strides or dilation, not both: TensorFlow forbids that. */
function window(x: Symbolic, chance: Random, kernelLimit: number): Record<string, unknown> {
  const shortest = Math.min(...sizes(x).slice(0, -1));
  const kernelSize = chance.int(1, Math.min(kernelLimit, shortest));
  const padding = chance.pick(["same", "valid"]);
  const dilated = kernelSize > 1 && (kernelSize - 1) * 2 + 1 <= shortest && chance.uniform() < 0.3;
  return { kernelSize, padding, ...(dilated ? { dilationRate: 2 } : { strides: chance.int(1, 2) }) };
}

const conv =
  (className: string, extra: (chance: Random) => object): Step =>
  (x, chance) =>
    layer(className, {
      ...window(x, chance, 3),
      useBias: chance.uniform() < 0.7,
      activation: anyActivation(chance),
      ...extra(chance),
    })(x, chance);
const filters = (chance: Random): object => ({ filters: chance.int(1, 9) });
const multiplier = (chance: Random): object => ({ depthMultiplier: chance.int(1, 2) });
const pool =
  (className: string): Step =>
  (x, chance) =>
    layer(className, {
      poolSize: chance.int(1, Math.min(2, ...sizes(x).slice(0, -1))),
      padding: chance.pick(["same", "valid"]),
      strides: chance.int(1, 2),
    })(x, chance);
const cropping = (x: Symbolic): boolean => Math.min(...sizes(x).slice(0, -1)) > 3;

/** Two branches of one shape, joined. */
const residual =
  (merge: string): Step =>
  (x, chance) => {
    const channels = sizes(x)[sizes(x).length - 1]!;
    const branch =
      x.shape.length === 4
        ? layer("Conv2D", {
            filters: channels,
            kernelSize: chance.int(1, 3),
            padding: "same",
            activation: anyActivation(chance),
          })
        : layer("Dense", { units: channels, activation: anyActivation(chance) });
    const other = branch(x, chance);
    const all =
      merge === "Subtract" || chance.uniform() < 0.7
        ? [x, other]
        : [x, other, layer("Activation", { activation: "relu" })(x, chance)];
    return makeLayer(merge, {}).apply(chance.uniform() < 0.5 ? all : [...all].reverse()) as Symbolic;
  };
const concatenation: Step = (x, chance) =>
  makeLayer("Concatenate", { axis: -1 }).apply([
    x,
    layer("Dense", { units: chance.int(1, 5), activation: anyActivation(chance) })(x, chance),
  ]) as Symbolic;
/** Squeeze and excitation: one factor per channel, broadcast over the image. */
const excite: Step = (x, chance) => {
  const channels = sizes(x)[2]!;
  const factors = layer("Dense", { units: channels, activation: chance.pick(["sigmoid", "hardSigmoid"]) })(
    layer("GlobalAveragePooling2D")(x, chance),
    chance,
  );
  return makeLayer("Multiply", {}).apply([
    x,
    layer("Reshape", { targetShape: [1, 1, channels] })(factors, chance),
  ]) as Symbolic;
};
const hardSwishByHand: Step = (x, chance) => {
  const gate = layer("Rescaling", { scale: 1 / 6, offset: 0 })(
    layer("ReLU", { maxValue: 6 })(layer("Rescaling", { scale: 1, offset: 3 })(x, chance), chance),
    chance,
  );
  return makeLayer("Multiply", {}).apply([x, gate]) as Symbolic;
};

const anywhere: Step[] = [
  (x, chance) =>
    layer("BatchNormalization", { scale: chance.uniform() < 0.8, center: chance.uniform() < 0.8 })(x, chance),
  (x, chance) => layer("Activation", { activation: chance.pick(activations) })(x, chance),
  layer("ReLU"),
  layer("ReLU", { maxValue: 6 }),
  layer("ReLU", { maxValue: 1 }),
  layer("LeakyReLU", { alpha: 0.1 }),
  layer("Softmax", { axis: -1 }),
  layer("Dropout", { rate: 0.5 }),
  layer("GaussianNoise", { stddev: 1 }),
  (x, chance) => layer("Dense", { units: chance.int(1, 8), activation: anyActivation(chance) })(x, chance),
  ...["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"].map(residual),
  concatenation,
  hardSwishByHand,
  layer("Rescaling", { scale: 0.5, offset: 0.25 }),
];
const forRank: Record<number, Step[]> = {
  2: [...anywhere, (x) => layer("Reshape", { targetShape: [1, sizes(x)[0]!] })(x, chanceOf(0))],
  3: [
    ...anywhere,
    conv("Conv1D", filters),
    conv("SeparableConv1D", (chance) => ({ ...filters(chance), ...multiplier(chance) })),
    pool("MaxPooling1D"),
    pool("AveragePooling1D"),
    layer("GlobalAveragePooling1D"),
    layer("GlobalMaxPooling1D"),
    layer("Flatten"),
    layer("Permute", { dims: [2, 1] }),
    layer("ZeroPadding1D", { padding: [1, 2] }),
    layer("UpSampling1D", { size: 2 }),
    (x, chance) => (cropping(x) ? layer("Cropping1D", { cropping: [1, 2] })(x, chance) : x),
    (x, chance) =>
      makeLayer("TimeDistributed", {
        layer: makeLayer("Dense", { units: chance.int(1, 6), activation: anyActivation(chance) }),
      }).apply(x) as Symbolic,
  ],
  4: [
    ...anywhere,
    conv("Conv2D", filters),
    conv("Conv2D", filters),
    conv("DepthwiseConv2D", multiplier),
    conv("SeparableConv2D", (chance) => ({ ...filters(chance), ...multiplier(chance) })),
    pool("MaxPooling2D"),
    pool("AveragePooling2D"),
    layer("GlobalAveragePooling2D"),
    layer("GlobalMaxPooling2D"),
    layer("Flatten"),
    layer("Permute", { dims: [2, 1, 3] }),
    layer("Permute", { dims: [3, 1, 2] }),
    layer("ZeroPadding2D", {
      padding: [
        [1, 0],
        [0, 2],
      ],
    }),
    layer("UpSampling2D", { size: [2, 1] }),
    (x, chance) =>
      cropping(x)
        ? layer("Cropping2D", {
            cropping: [
              [1, 0],
              [0, 1],
            ],
          })(x, chance)
        : x,
    excite,
    (x) => layer("Reshape", { targetShape: [sizes(x)[0]! * sizes(x)[1]!, sizes(x)[2]!] })(x, chanceOf(0)),
  ],
};

/** Weights as a trained model has them: of the size that keeps signals as large as they are; variances above 0. */
export function randomizeWeights(model: tfl.LayersModel, chance: Random, uneven = false): void {
  for (const weight of model.weights) {
    const role = weight.originalName.split("/").pop()!;
    const { shape } = weight;
    const fan =
      role === "depthwise_kernel"
        ? shape.slice(0, -2).reduce((a, b) => a! * b!, 1)!
        : shape.slice(0, -1).reduce((a, b) => a! * b!, 1)!;
    const draw =
      {
        gamma: () => 1 + 0.3 * chance.normal(),
        moving_variance: () => 0.5 + chance.uniform(),
        moving_mean: () => 0.3 * chance.normal(),
        beta: () => 0.3 * chance.normal(),
        bias: () => 0.2 * chance.normal(),
      }[role] ?? (() => chance.normal() * Math.sqrt(1.5 / fan));
    // Uneven: now and then a dense layer has units of very different size.
    const units = shape[shape.length - 1]!;
    const slope = uneven && role === "kernel" && shape.length === 2 && chance.uniform() < 0.2 ? 20 / units : 0;
    weight.write(
      tf.tensor(
        Float32Array.from(
          { length: shape.reduce((a, b) => a! * b!, 1)! },
          (_, i) => draw() * 2 ** (-slope * (i % units)),
        ),
        shape as number[],
      ),
    );
  }
}

/** A model with the random weights of a seed. */
export function randomized<T extends tfl.LayersModel>(model: T, seed: number): T {
  randomizeWeights(model, chanceOf(seed));
  return model;
}

const elements = (x: Symbolic): number => sizes(x).reduce((a, b) => a * b, 1);

/** A model of a few random layers, sometimes with two inputs or two outputs; the same seed gives the same model. `head`: a classifier at the end. */
export function randomModel(seed: number, layers = 6, head = false): tfl.LayersModel {
  const chance = chanceOf(seed);
  const shape = chance.pick([
    [chance.int(4, 10), chance.int(4, 10), chance.int(1, 4)],
    [chance.int(4, 10), chance.int(4, 10), chance.int(1, 4)],
    [chance.int(5, 16), chance.int(1, 6)],
    [chance.int(2, 12)],
  ]);
  const inputs = Array.from({ length: chance.uniform() < 0.2 ? 2 : 1 }, () => tfl.input({ shape }));
  let x =
    inputs.length === 1 ? inputs[0]! : (makeLayer(chance.pick(["Add", "Concatenate"]), {}).apply(inputs) as Symbolic);
  const extra: Symbolic[] = [];
  for (let i = chance.int(1, layers); i > 0; i--) {
    const next = chance.pick(forRank[x.shape.length]!)(x, chance);
    if (elements(next) > 4000) continue;
    x = next;
    if (chance.uniform() < 0.05) extra.push(x);
  }
  if (head) x = layer("Dense", { units: 4 })(x.shape.length > 2 ? layer("Flatten")(x, chance) : x, chance);
  if (inputs.includes(x)) x = layer("ReLU")(x, chance);
  const model = tfl.model({ inputs, outputs: [...new Set([x, ...extra])] });
  randomizeWeights(model, chance, true);
  return model;
}

/** How many rows an Embedding has that reads the input; none: undefined. */
function rowsOf(model: tfl.LayersModel, input: Symbolic): number | undefined {
  const { sourceLayer } = input;
  const reader = model.layers.find(
    (each) =>
      each !== sourceLayer &&
      each.inboundNodes.some((node) => (node as unknown as { inputTensors: Symbolic[] }).inputTensors.includes(input)),
  );
  const table = reader && [reader, ...wrappedLayers(reader)].find((each) => each.getClassName() === "Embedding");
  return table && Number(table.getConfig()["inputDim"]);
}

/** Samples for every input of a model, [count, ...]; whole numbers where they name rows, and steps of zeros where a layer masks them. */
export function randomSamples(model: tfl.LayersModel, count: number, seed: number): tf.Tensor[] {
  const chance = chanceOf(seed + 0.5);
  return model.inputs.map((input) => {
    const shape = [count, ...(input.shape.slice(1) as number[])];
    const below = rowsOf(model, input);
    const draw = below === undefined ? () => chance.normal() : () => chance.int(0, below - 1);
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw);
    const width = shape.at(-1)!;
    if (model.layers.some((each) => each.getClassName() === "Masking"))
      for (let at = 0; at < data.length; at += width) if (chance.uniform() < 0.4) data.fill(0, at, at + width);
    return tf.tensor(data, shape);
  });
}
